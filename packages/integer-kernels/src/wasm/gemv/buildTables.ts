import {
  add,
  i32,
  load,
  multiply,
  op,
  v128,
  type FunctionBuilder,
  type Local,
  type ModuleBuilder,
  type Value,
} from '../emitter/index.js';
import { runParameters } from '../runParameters.js';
import { byteFeatures, byteTableBytes, tableRowBytes, type TableShape } from './tableShape.js';

/** Where the rows of activations and of tables lie in the scratch memory. */
export interface TablePlaces {
  readonly batch: number;
  readonly activationsOffset: number;
  readonly activationRowBytes: number;
  readonly tablesOffset: number;
}

/** Bytes of the tables of one row of activations. */
export function tablesRowBytes(shape: TableShape): number {
  return tableRowBytes(shape) * byteTableBytes(shape);
}

/** Adds the phase that builds the tables; its units are bytes of weights. */
export function addTables(
  module: ModuleBuilder,
  shape: TableShape,
  places: TablePlaces,
  exportName: string,
): void {
  module.function({ parameters: { input: 'i32', ...runParameters }, exportName }, (f, from) => {
    const byte = f.local('i32', 'byte');
    const activations = f.local('i32', 'activations');
    const tables = f.local('i32', 'tables');
    f.range(byte, from.begin, from.end, 1, () => {
      f.set(
        activations,
        add(add(from.scratch, places.activationsOffset), multiply(byte, byteFeatures(shape))),
      );
      f.set(tables, add(add(from.scratch, places.tablesOffset), multiply(byte, byteTableBytes(shape))));
      f.repeat(f.local('i32', 'rows'), places.batch, () => {
        for (const half of [0, 1]) emitTable(f, shape, activations, tables, half);
        f.increase(activations, places.activationRowBytes);
        f.increase(tables, tablesRowBytes(shape));
      });
    });
  });
}

/** The table of one index; its lower and upper eight entries differ only by the highest bit of the index. */
function emitTable(
  f: FunctionBuilder,
  { bits, lowBits }: TableShape,
  activations: Local<'i32'>,
  tables: Local<'i32'>,
  half: number,
): void {
  const lower = f.local('v128', 'lower');
  const upper = f.local('v128', 'upper');
  const fields = 4 / bits;
  const activation = (field: number): Value<'i32'> => load('i32.load8_u', activations, half * fields + field);
  const terms = Array.from({ length: fields }, (_, field) => field)
    .map((field) => ({ field, codes: entryCodes(bits, field) }))
    .filter(({ codes }) => codes.some((code) => code > 0))
    .map(({ field, codes }) =>
      op(
        'i16x8.mul',
        op('i16x8.splat', activation(field)),
        v128(new Uint8Array(Int16Array.from(codes).buffer)),
      ),
    );
  f.set(
    lower,
    terms.reduce((a, b) => op('i16x8.add', a, b)),
  );
  f.set(upper, op('i16x8.add', lower, op('i16x8.splat', multiply(activation(fields - 1), bits))));
  const tableBytes = byteTableBytes({ lowBits }) / 2;
  const storePart = (part: (entries: Value<'v128'>) => Value<'v128'>, offset: number): void => {
    f.store(
      'v128.store',
      tables,
      op('i8x16.narrow_i16x8_u', part(lower), part(upper)),
      half * tableBytes + offset,
    );
  };
  if (lowBits === 0) {
    storePart((entries) => entries, 0);
    return;
  }
  storePart((entries) => op('v128.and', entries, op('i16x8.splat', i32((1 << lowBits) - 1))), 0);
  storePart((entries) => op('i16x8.shr_u', entries, i32(lowBits)), 16);
}

/** The code at a field of the indices 0 .. 7. */
function entryCodes(bits: number, field: number): number[] {
  return [0, 1, 2, 3, 4, 5, 6, 7].map((index) => (index >> (bits * field)) & ((1 << bits) - 1));
}
