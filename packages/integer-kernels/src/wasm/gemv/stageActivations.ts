import {
  add,
  i32,
  i32x4,
  load,
  loadLane,
  multiply,
  onLane,
  op,
  type FunctionBuilder,
  type Local,
  type ModuleBuilder,
  type Value,
} from '../emitter/index.js';
import { runParameters } from '../runParameters.js';

/** What the code that prepares the activations depends on. */
export interface StageCode {
  readonly batch: number;
  readonly features: number;
  /** Bytes from one stored row of the batch to the next. */
  readonly rowBytes: number;
  /** Subtracted from every stored value. */
  readonly offset: number;
  /** Whether a difference may be negative; it then lies in -128 .. 127, else in 0 .. 255. */
  readonly isSigned: boolean;
  /** Vectors of 16 activations that are ordered at once. */
  readonly inputVectors: number;
  /** Vectors that they are written as. */
  readonly outputVectors: number;
  /** Chunks of one row, filled up with zeros. */
  readonly chunks: number;
  /** Multiplied with the sum of a row's differences; 0 where no sum is needed. */
  readonly addend: number;
}

/** Bytes of the sums of all rows. */
export function sumsByteLength({ batch }: Pick<StageCode, 'batch'>): number {
  return Math.ceil(batch / 4) * 16;
}

/** Bytes of one row of ordered activations. */
export function stagedRowBytes({ chunks, outputVectors }: StageCode): number {
  return chunks * outputVectors * 16;
}

/**
 * Adds the phase that writes the ordered activations of the batch into the scratch memory, behind `addend * sum` of each row.
 *
 * Zeros stand where the features end, so that weights beyond them, whatever they are, add nothing.
 */
export function addStage(
  module: ModuleBuilder,
  code: StageCode,
  arrange: (natural: readonly Value<'v128'>[]) => readonly Value<'v128'>[],
  exportName: string,
): void {
  module.function({ parameters: { input: 'i32', ...runParameters }, exportName }, (f, from) => {
    const source = f.local('i32', 'source');
    const target = f.local('i32', 'target');
    f.set(target, add(from.scratch, sumsByteLength(code)));
    f.repeat(f.local('i32', 'rows'), code.batch, () => {
      f.set(source, from.input);
      emitRow(f, code, arrange, source, target);
      if (code.addend !== 0) {
        f.store('i32.store', from.scratch, multiply(laneSum(f.local('v128', 'sum')), code.addend));
      }
      f.increase(from.scratch, 4);
      f.increase(from.input, code.rowBytes);
    });
  });
}

function emitRow(
  f: FunctionBuilder,
  code: StageCode,
  arrange: (natural: readonly Value<'v128'>[]) => readonly Value<'v128'>[],
  source: Local<'i32'>,
  target: Local<'i32'>,
): void {
  const { features, inputVectors, outputVectors, chunks } = code;
  const sum = f.local('v128', 'sum');
  f.set(sum, i32x4(0));
  const chunkFeatures = 16 * inputVectors;
  const emitChunk = (count: number): void => {
    const natural = Array.from({ length: inputVectors }, (_, index) => {
      const local = f.local('v128', `natural${index}`);
      loadDifferences(f, code, source, index * 16, count - index * 16, local);
      if (code.addend !== 0) f.set(sum, op('i32x4.add', sum, quadSums(local, code.isSigned)));
      return local;
    });
    arrange(natural).forEach((vector, index) => {
      f.store('v128.store', target, vector, index * 16);
    });
    f.increase(source, chunkFeatures);
    f.increase(target, outputVectors * 16);
  };
  f.repeat(f.local('i32', 'chunks'), Math.floor(features / chunkFeatures), () => {
    emitChunk(chunkFeatures);
  });
  const rest = features % chunkFeatures;
  if (rest > 0) emitChunk(rest);
  f.repeat(f.local('i32', 'zeros'), (chunks - Math.ceil(features / chunkFeatures)) * outputVectors, () => {
    f.store('v128.store', target, i32x4(0));
    f.increase(target, 16);
  });
}

/** Loads `count` stored values, at most 16, and subtracts the offset; the lanes behind them are 0. */
function loadDifferences(
  f: FunctionBuilder,
  { offset }: StageCode,
  source: Local<'i32'>,
  position: number,
  count: number,
  target: Local<'v128'>,
): void {
  const splat = op('i8x16.splat', i32(offset));
  if (count >= 16) f.set(target, load('v128.load', source, position));
  else {
    f.set(target, splat);
    let lane = 0;
    for (const [size, name] of [
      [8, 'v128.load64_lane'],
      [4, 'v128.load32_lane'],
      [2, 'v128.load16_lane'],
      [1, 'v128.load8_lane'],
    ] as const) {
      if (count < lane + size) continue;
      f.set(target, loadLane(name, lane / size, source, target, position + lane));
      lane += size;
    }
  }
  if (offset !== 0) f.set(target, op('i8x16.sub', target, splat));
}

/** Sums of each four bytes. */
function quadSums(bytes: Local<'v128'>, isSigned: boolean): Value<'v128'> {
  return isSigned
    ? op('i32x4.extadd_pairwise_i16x8_s', op('i16x8.extadd_pairwise_i8x16_s', bytes))
    : op('i32x4.extadd_pairwise_i16x8_u', op('i16x8.extadd_pairwise_i8x16_u', bytes));
}

function laneSum(vector: Local<'v128'>): Value<'i32'> {
  return [1, 2, 3].reduce(
    (sum: Value<'i32'>, lane) => add(sum, onLane('i32x4.extract_lane', lane, vector)),
    onLane('i32x4.extract_lane', 0, vector),
  );
}
