import { elementRange, type ActivationSpec, type ElementType } from '../activation.js';
import { denseRequest } from '../memory/tensorLayout.js';
import { loadBytes, storeBytes } from './elements.js';
import {
  i32,
  i32x4,
  type ModuleBuilder,
  op,
  type FunctionBuilder,
  type Local,
  type Value,
} from './emitter/index.js';
import { geometryOf, pixelAddress, pixelCount } from './geometry.js';
import { forEachWindowPixel, poolShape, setWindow, type PoolShape, type WindowLocals } from './poolWindow.js';
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
    plan(pool, layouts) {
      const input = geometryOf(pool.inputs[0], layouts.inputs[0]);
      const output = geometryOf(pool.output, layouts.output);
      const { type, quantMin, quantMax } = pool.output;
      const code: MaxPoolCode = { pool: poolShape(pool, input, output), type, quantMin, quantMax };
      return {
        kernel: 'maxPool2d 16 bytes',
        key: `maxPool2d ${JSON.stringify(code)}`,
        constantBytes: 0,
        phases: [
          {
            units: pixelCount(output),
            unitCost: Math.ceil((pool.kernel[0] * pool.kernel[1] * output.channels) / 4),
          },
        ],
        emit: (module, exportNames) => {
          emitMaxPool(module, code, exportNames);
        },
        writeConstants: () => undefined,
      };
    },
  },
];

/** Lane instructions of every storage type. */
const lanes = {
  int8: { max: 'i8x16.max_s', min: 'i8x16.min_s', splat: 'i8x16.splat' },
  uint8: { max: 'i8x16.max_u', min: 'i8x16.min_u', splat: 'i8x16.splat' },
  int32: { max: 'i32x4.max_s', min: 'i32x4.min_s', splat: 'i32x4.splat' },
} as const satisfies Record<ElementType, unknown>;

function emitMaxPool(module: ModuleBuilder, code: MaxPoolCode, [exportName]: readonly string[]): void {
  const { input, output } = code.pool;
  module.function({ parameters: { input: 'i32', ...runParameters }, exportName }, (f, from) => {
    const pixel = f.local('i32', 'pixel');
    const target = f.local('i32', 'target');
    f.range(pixel, from.begin, from.end, 1, () => {
      const window = setWindow(f, code.pool, from.input, pixel);
      f.set(target, pixelAddress(from.output, output, pixel));
      const byteLength = input.channels * input.elementBytes;
      f.repeat(f.local('i32', 'vectorsLeft'), Math.floor(byteLength / 16), () => {
        emitVector(f, code, window, target, 16);
        f.increase(window.source, 16);
        f.increase(target, 16);
      });
      if (byteLength % 16 > 0) emitVector(f, code, window, target, byteLength % 16);
    });
  });
}

/** The maximum of up to sixteen bytes of channels over the window. */
function emitVector(
  f: FunctionBuilder,
  { pool, type, quantMin, quantMax }: MaxPoolCode,
  window: WindowLocals,
  target: Local<'i32'>,
  byteLength: number,
): void {
  const { min, max } = elementRange[type];
  const largest = f.local('v128', 'largest');
  const value = f.local('v128', 'value');
  f.set(largest, splat(type, Math.max(min, quantMin)));
  forEachWindowPixel(f, pool.input, window, window.source, (address) => {
    loadBytes(f, address, 0, value, byteLength);
    f.set(largest, op(lanes[type].max, largest, value));
  });
  if (quantMax < max) f.set(largest, op(lanes[type].min, largest, splat(type, quantMax)));
  storeBytes(f, target, 0, largest, byteLength);
}

function splat(type: ActivationSpec['type'], value: number): Value<'v128'> {
  return type === 'int32' ? i32x4(value) : op(lanes[type].splat, i32(value));
}
