import type { ActivationSpec } from '../activation.js';
import { denseRequest } from '../memory/tensorLayout.js';
import { loadBytes, storeBytes } from './elements.js';
import { i8x16, load, op, type FunctionBuilder, type Local, type Value } from './emitter/index.js';
import { geometryOf } from './geometry.js';
import { runParameters } from './runParameters.js';
import { emitRuns, emitRunSteps, walkUnitCost, walkUnits, type ValueWalk } from './valueRuns.js';
import type { WasmKernel } from './wasmKernel.js';

/** A function by its table on WebAssembly: sixteen entries a swizzle, of the blocks that the input can reach. */
export const lookup: WasmKernel<'lookup'> = [
  {
    name: 'swizzle',
    request: () => ({ inputs: [denseRequest], output: denseRequest }),
    plan({ inputs: [spec], output: outputSpec, table }, layouts) {
      const blocks = reachedBlocks(spec);
      const walk: ValueWalk = {
        tensors: [geometryOf(spec, layouts.inputs[0]), geometryOf(outputSpec, layouts.output)],
        isUniform: true,
      };
      return {
        kernel: `lookup 16 lanes, ${blocks.length} of 16 blocks`,
        key: `lookup ${JSON.stringify([walk, blocks])}`,
        constantBytes: blocks.length * 16,
        phases: [{ units: walkUnits(walk), unitCost: walkUnitCost(walk) }],
        emit(module, [exportName]) {
          module.function({ parameters: { input: 'i32', ...runParameters }, exportName }, (f, from) => {
            const bytes = f.local('v128', 'bytes');
            emitRuns(f, walk, [from.input, from.output], from, (starts, length) => {
              const pointers = starts.map((start) => ({ start, valueBytes: 1 }));
              emitRunSteps(f, length, 16, pointers, ([source, target], count) => {
                loadBytes(f, source, 0, bytes, count);
                f.set(bytes, entriesOf(f, bytes, from.constants, blocks));
                storeBytes(f, target, 0, bytes, count);
              });
            });
          });
        },
        writeConstants(view) {
          blocks.forEach((block, index) => {
            for (let i = 0; i < 16; i += 1) view.setUint8(index * 16 + i, table[block * 16 + i]);
          });
        },
      };
    },
  },
];

/** Blocks of sixteen bit patterns that hold a value of the input. */
function reachedBlocks({ quantMin, quantMax }: ActivationSpec): number[] {
  const blocks = new Set<number>();
  for (let value = quantMin; value <= quantMax; value += 1) blocks.add((value & 255) >> 4);
  return [...blocks].sort((a, b) => a - b);
}

/** A swizzle gives 0 where the position, counted from the block's first, lies outside: one block answers for each lane. */
function entriesOf(
  f: FunctionBuilder,
  bytes: Local<'v128'>,
  constants: Local<'i32'>,
  blocks: readonly number[],
): Value<'v128'> {
  const parts = blocks.map((block, index) => {
    const position = block === 0 ? bytes : op('i8x16.sub', bytes, f.constant(i8x16(block * 16)));
    return op('i8x16.swizzle', load('v128.load', constants, index * 16), position);
  });
  return parts.reduce((all, part) => op('v128.or', all, part));
}
