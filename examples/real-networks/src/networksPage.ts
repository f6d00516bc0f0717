import type { NetworkRow } from './distilNetwork.js';
import { renderRows } from './renderRows.js';

/** docs/networks.md from its rows. */
export function networksPage(rows: readonly NetworkRow[]): string {
  return [
    '# Real networks',
    '',
    'Networks that others trained, made into integers without batch normalization; written by',
    '`pnpm -s networks --json docs/networks.json` from that file, never by hand. Weights and activations have 8 bits, with a multiplier',
    'a channel; nothing is fitted: grids and biases alone are chosen, on crops of other photographs than those compared.',
    '',
    'MobileNetV2 and InceptionV3 are Keras models with 52 and 94 batch normalizations, residual sums and concatenations; the graph model',
    'was converted from TensorFlow, its normalization folded. All are structural fixtures from the npm package `nsfwjs`. "Same class',
    'first" counts the crops of photographs on which student and teacher agree; SQNR is that of the logits.',
    '',
    renderRows(rows),
  ].join('\n');
}
