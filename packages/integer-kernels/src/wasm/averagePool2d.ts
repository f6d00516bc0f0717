import { elementRange, type ElementType } from '../activation.js';
import { denseRequest } from '../memory/tensorLayout.js';
import type { AveragePool2dOp } from '../ops/averagePool2d.js';
import { emitChannelGroups } from './channelGroups.js';
import { GROUP_CHANNELS, groupLocals, loadGroup, storeBytes, type Group } from './elements.js';
import {
  add,
  i32,
  i32x4,
  type ModuleBuilder,
  multiply,
  op,
  select,
  type FunctionBuilder,
  type FunctionReference,
  type Local,
  type Value,
} from './emitter/index.js';
import { geometryOf, pixelAddress, pixelCount } from './geometry.js';
import { forEachWindowPixel, poolShape, setWindow, type PoolShape, type WindowLocals } from './poolWindow.js';
import { emitLanes } from './requantization/lanes.js';
import { runParameters } from './runParameters.js';
import type { WasmKernel } from './wasmKernel.js';

/** What the emitted module depends on. */
interface AveragePoolCode {
  readonly pool: PoolShape;
  readonly type: 'int8' | 'uint8';
  readonly quantMin: number;
  readonly quantMax: number;
  readonly rounding: AveragePool2dOp['rounding'];
}

/** Average pool on WebAssembly: eight channels at once, divided lane by lane. */
export const averagePool2d: WasmKernel<'averagePool2d'> = [
  {
    name: 'lanes',
    request: () => ({ inputs: [denseRequest], output: denseRequest }),
    plan(pool, layouts) {
      const input = geometryOf(pool.inputs[0], layouts.inputs[0]);
      const output = geometryOf(pool.output, layouts.output);
      const { type, quantMin, quantMax } = pool.output;
      const code: AveragePoolCode = {
        pool: poolShape(pool, input, output),
        type: type === 'uint8' ? type : 'int8',
        quantMin,
        quantMax,
        rounding: pool.rounding,
      };
      return {
        kernel: 'averagePool2d 8 lanes',
        key: `averagePool2d ${JSON.stringify(code)}`,
        constantBytes: 0,
        phases: [
          { units: pixelCount(output), unitCost: (pool.kernel[0] * pool.kernel[1] + 4) * output.channels },
        ],
        emit: (module, exportNames) => {
          emitAveragePool(module, code, exportNames);
        },
        writeConstants: () => undefined,
      };
    },
  },
];

function emitAveragePool(
  module: ModuleBuilder,
  code: AveragePoolCode,
  [exportName]: readonly string[],
): void {
  const { input, output } = code.pool;
  const divide = addDivide(module, code);
  module.function({ parameters: { input: 'i32', ...runParameters }, exportName }, (f, from) => {
    const pixel = f.local('i32', 'pixel');
    const target = f.local('i32', 'target');
    const divisor = f.local('i32', 'divisor');
    f.range(pixel, from.begin, from.end, 1, () => {
      const window = setWindow(f, code.pool, from.input, pixel);
      f.set(divisor, multiply(window.rows, window.columns));
      f.set(target, pixelAddress(from.output, output, pixel));
      const moving = [
        { local: window.source, groupBytes: GROUP_CHANNELS },
        { local: target, groupBytes: GROUP_CHANNELS },
      ];
      emitChannelGroups(f, input.channels, moving, (count) => {
        emitGroup(f, code, window, target, count, (sum) => f.result(divide, sum, divisor));
      });
    });
  });
}

/** Mean of up to eight channels over the window. */
function emitGroup(
  f: FunctionBuilder,
  { pool, type, quantMin, quantMax }: AveragePoolCode,
  window: WindowLocals,
  target: Local<'i32'>,
  count: number,
  divide: (sum: Local<'v128'>) => ReturnType<typeof i32x4>,
): void {
  const sum = groupLocals(f, 'sum');
  const value = groupLocals(f, 'value');
  const halves = count > 4 ? (['low', 'high'] as const) : (['low'] as const);
  for (const half of halves) f.set(sum[half], i32x4(0));
  forEachWindowPixel(f, pool.input, window, window.source, (address) => {
    loadGroup(f, type, address, value, count);
    for (const half of halves) f.set(sum[half], op('i32x4.add', sum[half], value[half]));
  });
  const { min, max } = elementRange[type];
  for (const half of halves) {
    f.set(sum[half], divide(sum[half]));
    if (quantMin > min) f.set(sum[half], op('i32x4.max_s', sum[half], i32x4(quantMin)));
    if (quantMax < max) f.set(sum[half], op('i32x4.min_s', sum[half], i32x4(quantMax)));
  }
  storeGroup(f, type, target, sum, count);
}

/** Adds the function that divides four sums by the number of values. */
function addDivide(module: ModuleBuilder, { rounding }: AveragePoolCode): FunctionReference<'v128'> {
  const parameters = { sums: 'v128', divisor: 'i32' } as const;
  return module.function({ parameters, result: 'v128' }, (f, { sums, divisor }) => {
    emitLanes(f, sums, (_lane, sum) => {
      if (rounding === 'halfUp') return divideLane(f, sum, divisor, false);
      const half = f.local('i32', 'half');
      f.set(half, op('i32.shr_u', divisor, i32(1)));
      const away = select(op('i32.lt_s', sum, i32(0)), op('i32.sub', i32(0), half), half);
      return op('i32.div_s', add(sum, away), divisor);
    });
    f.give(sums);
  });
}

/** Stores exactly `count` (1 .. 8) int32 lanes as elements; they must be in the range of the type. Destroys the group. */
function storeGroup(
  f: FunctionBuilder,
  type: ElementType,
  address: Value<'i32'>,
  group: Group,
  count: number,
): void {
  if (type === 'int32') {
    storeBytes(f, address, 0, group.low, Math.min(count, 4) * 4);
    if (count > 4) storeBytes(f, address, 16, group.high, (count - 4) * 4);
    return;
  }
  const halfwords = op('i16x8.narrow_i32x4_s', group.low, count > 4 ? group.high : group.low);
  const narrow = type === 'int8' ? 'i8x16.narrow_i16x8_s' : 'i8x16.narrow_i16x8_u';
  f.set(group.low, halfwords);
  f.set(group.low, op(narrow, group.low, group.low));
  storeBytes(f, address, 0, group.low, count);
}
/** `round(dividend / divisor)` of one int32 by a positive divisor, once to the nearest. */
function divideLane(
  f: FunctionBuilder,
  dividend: Local<'i32'>,
  divisor: Local<'i32'>,
  halfToEven: boolean,
): Value<'i32'> {
  const quotient = f.local('i32', 'laneQuotient');
  const remainder = f.local('i32', 'laneRemainder');
  f.set(quotient, op('i32.div_s', dividend, divisor));
  f.set(remainder, op('i32.sub', dividend, op('i32.mul', quotient, divisor)));
  // div_s truncates; the floor of a negative quotient with a remainder is one less.
  f.if(op('i32.lt_s', remainder, i32(0)), () => {
    f.increase(quotient, -1);
    f.increase(remainder, divisor);
  });
  const complement = op('i32.sub', divisor, remainder);
  if (!halfToEven) return op('i32.add', quotient, op('i32.ge_s', remainder, complement));
  const odd = op('i32.and', quotient, i32(1));
  return op('i32.add', quotient, op('i32.gt_s', op('i32.add', remainder, odd), complement));
}
