import { elementRange } from '../activation.js';
import { denseRequest } from '../memory/tensorLayout.js';
import { gemmSizes } from '../ops/gemm.js';
import type { GemmOp } from '../ops/gemm.js';
import { i32, type ModuleBuilder } from './emitter/index.js';
import { geometryOf, type Geometry } from './geometry.js';
import { blockRows } from './matrix/blockRows.js';
import { addGather, type PatchShape } from './matrix/gatherPatches.js';
import { addMultiply, type MultiplyShape } from './matrix/multiplyTile.js';
import { addPackPanels, type PackShape } from './matrix/packPanels.js';
import { rowBytes, tailUnroll, TILE_ROWS, type PanelShape } from './matrix/panelShape.js';
import { blockScratch, emitBlocks, rowsAddress } from './matrix/runBlocks.js';
import { panelsByteLength, parametersByteLength, writeParameters } from './matrix/weightPanels.js';
import { outputStage, planOutput } from './outputStage.js';
import { runParameters } from './runParameters.js';
import { OVERREAD_BYTES, overreadRequest, type WasmKernel } from './wasmKernel.js';

/** What the emitted module depends on. */
interface GemmCode {
  readonly patch: PatchShape;
  readonly pack: PackShape;
  readonly multiply: MultiplyShape;
  readonly blockRows: number;
}

/** Product of two run-time matrices on WebAssembly: B is cut into panels first, then as a dense layer. */
export const gemm: WasmKernel<'gemm'> = [
  {
    name: 'panels',
    request: () => ({ inputs: [overreadRequest, denseRequest], output: denseRequest }),
    plan(op, layouts) {
      const { rows, columns, depth } = gemmSizes(op);
      const stored = planOutput(op.requantization, op.output);
      const unroll = tailUnroll(rows);
      const depthPairs = Math.ceil(depth / 2 / unroll) * unroll;
      const panels: PanelShape = { depth, depthPairs, channels: columns, weightBytes: 2 };
      const output = geometryOf(op.output, layouts.output);
      const constants = { panels, output: stored };
      const code: GemmCode = {
        patch: patchShape(op, geometryOf(op.inputs[0], layouts.inputs[0]), output, rowBytes(panels)),
        pack: {
          panels,
          type: byteType(op, 1),
          zeroPoint: op.inputs[1].zeroPoint,
          rowBytes: geometryOf(op.inputs[1], layouts.inputs[1]).pixelBytes,
          isTransposed: op.transposeB,
        },
        multiply: {
          panels,
          output: stored.code,
          outputElementBytes: elementRange[op.output.type].bytes,
          tailRows: rows % TILE_ROWS,
          tailUnroll: unroll,
          hasFullTiles: rows >= TILE_ROWS,
        },
        blockRows: blockRows(rowBytes(panels), rows),
      };
      return {
        kernel: `gemm i16 dot ${Math.min(rows, TILE_ROWS)}x8`,
        key: `gemm ${JSON.stringify(code)}`,
        constantBytes: parametersByteLength(constants),
        scratchBytes: panelsByteLength(panels),
        threadScratchBytes: blockScratch(code.blockRows, rowBytes(panels)).byteLength,
        phases: [
          { units: 1, unitCost: depth * columns },
          { units: rows, unitStep: TILE_ROWS, unitCost: depth * columns },
        ],
        emit: (module, exportNames) => {
          emitGemm(module, code, exportNames);
        },
        writeConstants(view) {
          writeParameters(view, 0, {
            ...constants,
            firstChannel: 0,
            biasOf: (channel) => op.bias?.[channel] ?? 0,
          });
        },
      };
    },
  },
];

function byteType({ inputs }: GemmOp, index: 0 | 1): 'int8' | 'uint8' {
  return inputs[index].type === 'uint8' ? 'uint8' : 'int8';
}

/** The rows of A are patches of one value. */
function patchShape(op: GemmOp, input: Geometry, output: Geometry, bytesOfRow: number): PatchShape {
  const mayOverread = input.tailBytes >= OVERREAD_BYTES;
  return {
    input,
    output,
    widen: { type: byteType(op, 0), zeroPoint: op.inputs[0].zeroPoint, mayOverread },
    kernel: [1, 1],
    strides: [1, 1],
    dilations: [1, 1],
    padding: { top: 0, left: 0, isUsed: false, value: 0 },
    channels: input.channels,
    rowBytes: bytesOfRow,
  };
}

function emitGemm(module: ModuleBuilder, code: GemmCode, [packName, multiplyName]: readonly string[]): void {
  const { patch, pack, multiply } = code;
  const stage = outputStage(module, multiply.output);
  const packFunction = addPackPanels(module, pack);
  const parameters = { a: 'i32', b: 'i32', ...runParameters } as const;
  module.function({ parameters, exportName: packName }, (f, from) => {
    f.call(packFunction, from.b, from.scratch);
  });
  const gatherFunction = addGather(module, patch);
  const multiplyFunction = addMultiply(module, multiply, stage);
  module.function({ parameters, exportName: multiplyName }, (f, from) => {
    const block = from.threadScratch;
    const rows = rowsAddress(block, blockScratch(code.blockRows, patch.rowBytes));
    emitBlocks(f, from.begin, from.end, code.blockRows, (first, count) => {
      f.call(gatherFunction, from.a, from.output, rows, block, first, count, i32(0));
      f.call(multiplyFunction, rows, block, count, from.scratch, from.constants, i32(0));
    });
  });
}
