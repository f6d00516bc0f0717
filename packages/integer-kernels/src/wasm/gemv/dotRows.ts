import {
  add,
  i32,
  i32x4,
  load,
  multiply,
  op,
  shuffle,
  type FunctionBuilder,
  type Local,
  type ModuleBuilder,
  type Value,
} from '../emitter/index.js';
import type { OutputStage } from '../outputStage.js';
import { runParameters } from '../runParameters.js';
import { CHUNK_ROW_BYTES, maskLocal, type DotForm } from './dotForm.js';
import type { GemvConstants } from './gemvConstants.js';

/** Output channels that are computed at once. */
export const GROUP_ROWS = 4;

/** What the code that multiplies rows depends on. */
export interface DotRowsCode {
  readonly constants: GemvConstants;
  readonly units: number;
  readonly batch: number;
  /** Bytes in the scratch memory before the ordered activations. */
  readonly activationsOffset: number;
  /** Chunks whose products are added before they are folded, and how often that is done. */
  readonly chunksPerFold: number;
  readonly folds: number;
  /** Multiplied with the sum of products. */
  readonly factor: 1 | 2;
  readonly hasSums: boolean;
  readonly outputElementBytes: number;
  /** Bytes from one output row of the batch to the next. */
  readonly outputRowBytes: number;
  readonly recordBytes: number;
}

const ROW_INDICES = [0, 1, 2, 3] as const;

/** Adds the phase whose units are groups of four output channels; their weights are one stream. */
export function addDotRows(
  module: ModuleBuilder,
  code: DotRowsCode,
  form: DotForm,
  stage: OutputStage,
  exportName: string,
): void {
  const { constants, units, batch } = code;
  module.function({ parameters: { input: 'i32', ...runParameters }, exportName }, (f, from) => {
    form.masks.forEach((mask, index) => {
      f.set(maskLocal(f, index), i32x4(mask));
    });
    const group = f.local('i32', 'group');
    const pointers = {
      weights: f.local('i32', 'weights'),
      activations: f.local('i32', 'activations'),
      sums: f.local('i32', 'sums'),
      start: f.local('i32', 'start'),
      record: f.local('i32', 'record'),
      target: f.local('i32', 'target'),
    };
    const { chunksPerFold, folds } = code;
    const groupBytes = GROUP_ROWS * CHUNK_ROW_BYTES * chunksPerFold * folds;
    const last = units % GROUP_ROWS;
    f.range(group, from.begin, from.end, 1, () => {
      f.set(pointers.sums, from.scratch);
      f.set(pointers.activations, add(from.scratch, code.activationsOffset));
      f.set(pointers.start, add(from.constants, multiply(group, 16)));
      f.set(
        pointers.record,
        add(add(from.constants, constants.recordsOffset), multiply(group, code.recordBytes)),
      );
      f.set(pointers.target, add(from.output, multiply(group, GROUP_ROWS * code.outputElementBytes)));
      f.repeat(f.local('i32', 'rowsLeft'), batch, () => {
        f.set(
          pointers.weights,
          add(add(from.constants, constants.weightsOffset), multiply(group, groupBytes)),
        );
        const total = emitTotals(f, code, form, pointers);
        const finish = (count: number) => (): void => {
          stage.finishGroup(f, { low: total, high: total }, count, pointers.record, pointers.target);
        };
        if (last === 0) finish(GROUP_ROWS)();
        else f.if(op('i32.eq', group, i32((units - last) / GROUP_ROWS)), finish(last), finish(GROUP_ROWS));
        f.increase(pointers.target, code.outputRowBytes);
        f.increase(pointers.sums, 4);
      });
    });
  });
}

interface RowPointers {
  readonly weights: Local<'i32'>;
  readonly activations: Local<'i32'>;
  readonly sums: Local<'i32'>;
  readonly start: Local<'i32'>;
}

/** The accumulators of four channels; moves weights and activations to the end of their rows. */
function emitTotals(
  f: FunctionBuilder,
  { chunksPerFold, folds, factor, hasSums }: DotRowsCode,
  form: DotForm,
  { weights, activations, sums, start }: RowPointers,
): Local<'v128'> {
  const totals = ROW_INDICES.map((row) => f.local('v128', `total${row}`));
  const partials = ROW_INDICES.map((row) => f.local('v128', `partial${row}`));
  const vectors = Array.from({ length: form.vectors }, (_, index) => f.local('v128', `activations${index}`));
  const emitChunk = (use: (row: number, products: Value<'v128'>) => void): void => {
    vectors.forEach((vector, index) => {
      f.set(vector, load('v128.load', activations, index * 16));
    });
    for (const row of ROW_INDICES) use(row, form.products(f, weights, row * CHUNK_ROW_BYTES, vectors));
    f.increase(activations, form.vectors * 16);
    f.increase(weights, GROUP_ROWS * CHUNK_ROW_BYTES);
  };
  const addFolded = (row: number, products: Value<'v128'>): void => {
    f.set(totals[row], op('i32x4.add', totals[row], form.fold(products)));
  };
  for (const total of totals) f.set(total, i32x4(0));
  f.repeat(f.local('i32', 'folds'), folds, () => {
    if (chunksPerFold === 1) {
      emitChunk(addFolded);
      return;
    }
    for (const partial of partials) f.set(partial, i32x4(0));
    f.repeat(f.local('i32', 'chunks'), chunksPerFold, () => {
      emitChunk((row, products) => {
        f.set(partials[row], op(form.add, partials[row], products));
      });
    });
    partials.forEach((partial, row) => {
      addFolded(row, partial);
    });
  });
  const [total] = totals;
  emitTransposedSum(f, totals);
  if (factor === 2) f.set(total, op('i32x4.add', total, total));
  f.set(total, op('i32x4.add', total, load('v128.load', start)));
  if (hasSums) f.set(total, op('i32x4.add', total, load('v128.load32_splat', sums)));
  return total;
}

/** Leaves the lane sums of four vectors in the lanes of the first. */
function emitTransposedSum(f: FunctionBuilder, [a, b, c, d]: readonly Local<'v128'>[]): void {
  const sums = (
    low: Local<'v128'>,
    high: Local<'v128'>,
    [words, others]: readonly (readonly number[])[],
  ): Value<'v128'> =>
    op('i32x4.add', shuffle(low, high, wordBytes(words)), shuffle(low, high, wordBytes(others)));
  const neighbors = [
    [0, 4, 2, 6],
    [1, 5, 3, 7],
  ];
  f.set(a, sums(a, b, neighbors));
  f.set(c, sums(c, d, neighbors));
  f.set(
    a,
    sums(a, c, [
      [0, 1, 4, 5],
      [2, 3, 6, 7],
    ]),
  );
}

function wordBytes(words: readonly number[]): number[] {
  return words.flatMap((word) => [0, 1, 2, 3].map((byte) => word * 4 + byte));
}
