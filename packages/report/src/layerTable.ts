import type { DistillReport, LayerReport } from '@bnfree/distill';
import { type Column, htmlTable } from './htmlTable.js';

const columns: readonly Column<LayerReport>[] = [
  { title: 'layer', cell: ({ name }) => name },
  { title: 'op', cell: ({ op }) => op },
  { title: 'weight bits', cell: ({ weightBits }) => weightBits },
  { title: 'output bits', cell: ({ activationBits }) => activationBits ?? 'int32' },
  {
    title: 'requantization',
    cell: ({ requantization, activationBits }) => (activationBits === null ? '' : requantization),
  },
  { title: 'scale factor', cell: ({ scaleFactor }) => scaleFactor },
  { title: 'weight step', cell: ({ weightStep }) => weightStep },
  { title: 'output step', cell: ({ activationStep }) => activationStep },
  { title: 'SQNR dB', cell: ({ sqnrDb }) => sqnrDb },
  { title: 'unfitted dB', cell: ({ baselineSqnrDb }) => baselineSqnrDb },
  { title: 'loss before', cell: ({ fit }) => fit?.lossBefore ?? null },
  { title: 'loss after', cell: ({ fit }) => fit?.lossAfter ?? null },
  { title: 'headroom bits', cell: ({ headroomBits }) => headroomBits },
  { title: 'MACs', cell: ({ macs }) => macs },
  { title: 'bytes', cell: ({ byteLength }) => byteLength },
  { title: 'seconds', cell: ({ durationMs }) => durationMs / 1000 },
];

/** All numbers of all layers. */
export function layerTable({ layers }: DistillReport): string {
  return htmlTable(layers, columns);
}
