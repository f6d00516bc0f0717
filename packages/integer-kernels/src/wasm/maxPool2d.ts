import { elementRange, type ElementType } from '../activation.js';
import { denseRequest } from '../memory/tensorLayout.js';
import { loadBytes, storeBytes } from './elements.js';
import { i32x4, i8x16, op } from './emitter/index.js';
import { geometryOf } from './geometry.js';
import { emitPool, type PoolReducer } from './pool/emitPool.js';
import { poolShape, type PoolShape } from './pool/poolShape.js';
import { runParameters } from './runParameters.js';
import type { WasmKernel } from './wasmKernel.js';

/** What the emitted module depends on. */
interface MaxPoolCode {
  readonly pool: PoolShape;
  readonly type: ElementType;
  readonly quantMin: number;
  readonly quantMax: number;
}

/** Maximum pool on WebAssembly: sixteen bytes of channels at once. */
export const maxPool2d: WasmKernel<'maxPool2d'> = [
  {
    name: 'bytes',
    request: () => ({ inputs: [denseRequest], output: denseRequest }),
    plan(op, layouts) {
      const input = geometryOf(op.inputs[0], layouts.inputs[0]);
      const output = geometryOf(op.output, layouts.output);
      const { type, quantMin, quantMax } = op.output;
      const code: MaxPoolCode = { pool: poolShape(op, input, output), type, quantMin, quantMax };
      const values = op.kernel[0] * op.kernel[1] * output.channels;
      return {
        kernel: 'maxPool2d 16 bytes',
        key: `maxPool2d ${JSON.stringify(code)}`,
        constantBytes: 0,
        phases: [{ units: output.batch * output.height, unitCost: output.width * Math.ceil(values / 4) }],
        emit(module, [exportName]) {
          module.function({ parameters: { input: 'i32', ...runParameters }, exportName }, (f, from) => {
            emitPool(f, code.pool, maximum(code), from);
          });
        },
        writeConstants: () => undefined,
      };
    },
  },
];

/** Lane instructions of every storage type. */
const lanes = {
  int8: { max: 'i8x16.max_s', min: 'i8x16.min_s', splat: i8x16 },
  uint8: { max: 'i8x16.max_u', min: 'i8x16.min_u', splat: i8x16 },
  int32: { max: 'i32x4.max_s', min: 'i32x4.min_s', splat: i32x4 },
} as const satisfies Record<ElementType, unknown>;

function maximum({ pool, type, quantMin, quantMax }: MaxPoolCode): PoolReducer {
  const { min, max } = elementRange[type];
  const { elementBytes, channels } = pool.input;
  const count = Math.min(channels, 16 / elementBytes);
  const { max: larger, min: smaller, splat } = lanes[type];
  return {
    channels: count,
    vectors: 1,
    load(f, [target], address, offset) {
      loadBytes(f, address, offset, target, count * elementBytes);
    },
    clear(f, [total]) {
      f.set(total, f.constant(splat(min)));
    },
    combine(f, [total], [value]) {
      f.set(total, op(larger, total, value));
    },
    finish(f, pixels) {
      for (const {
        totals: [total],
        address,
        offset,
      } of pixels) {
        if (quantMin > min) f.set(total, op(larger, total, f.constant(splat(quantMin))));
        if (quantMax < max) f.set(total, op(smaller, total, f.constant(splat(quantMax))));
        storeBytes(f, address, offset, total, count * elementBytes);
      }
    },
  };
}
