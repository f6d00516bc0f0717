import { i32, i32x4, load, op, type FunctionBuilder, type Local } from '../emitter/index.js';
import { BLOCK_ROWS, byteTableBytes, type TableShape } from './tableShape.js';

/** The sums of one entry byte for 16 rows: as bytes, and of those in halfwords the even ones and the odd ones. */
interface PartSums {
  readonly bytes: Local<'v128'>;
  readonly even: Local<'v128'>;
  readonly odd: Local<'v128'>;
}

/** Addresses of a run of look-ups; those of weights and tables move to its end. */
export interface LookUpPointers {
  readonly weights: Local<'i32'>;
  readonly tables: Local<'i32'>;
  readonly totals: Local<'i32'>;
}

/** What the look-ups depend on. */
export interface EntrySumsCode {
  readonly table: TableShape;
  /** Multiplied with the sums, whose weights are unsigned codes. */
  readonly factor: 1 | 2;
  readonly isRelaxed: boolean;
}

/** Looks up all weights of some blocks of 16 rows and adds the entries to the totals. The local `indexMask` holds 15 in each byte. */
export function emitEntrySums(
  f: FunctionBuilder,
  code: EntrySumsCode,
  blocks: number,
  pointers: LookUpPointers,
): void {
  const { table, isRelaxed } = code;
  const { bytesPerFold, foldsPerSegment, segments } = table;
  const { weights, tables } = pointers;
  const parts = table.lowBits === 0 ? ['low'] : ['low', 'high'];
  const sums = Array.from({ length: blocks }, (_, block) =>
    parts.map((part): PartSums => ({
      bytes: f.local('v128', `${part}Bytes${block}`),
      even: f.local('v128', `${part}Even${block}`),
      odd: f.local('v128', `${part}Odd${block}`),
    })),
  );
  const all = sums.flat();
  f.repeat(f.local('i32', 'segments'), segments, () => {
    for (const { even, odd } of all) for (const local of [even, odd]) f.set(local, i32x4(0));
    f.repeat(f.local('i32', 'folds'), foldsPerSegment, () => {
      for (const { bytes } of all) f.set(bytes, i32x4(0));
      f.repeat(f.local('i32', 'bytes'), bytesPerFold, () => {
        emitLookUps(f, sums, weights, tables, isRelaxed);
        f.increase(weights, blocks * 16);
        f.increase(tables, byteTableBytes(table));
      });
      for (const { bytes, even, odd } of all) {
        // The odd bytes above the even ones are taken off at the end, modulo 2^16.
        f.set(even, op('i16x8.add', even, bytes));
        f.set(odd, op('i16x8.add', odd, op('i16x8.shr_u', bytes, i32(8))));
      }
    });
    emitTotals(f, code, sums, pointers.totals);
  });
}

/** The two look-ups of one byte of weights for every row. */
function emitLookUps(
  f: FunctionBuilder,
  sums: readonly (readonly PartSums[])[],
  weights: Local<'i32'>,
  tables: Local<'i32'>,
  isRelaxed: boolean,
): void {
  // An index is at most 15, where both give the same.
  const swizzle = isRelaxed ? 'i8x16.relaxed_swizzle' : 'i8x16.swizzle';
  const mask = f.local('v128', 'indexMask');
  const index = f.local('v128', 'index');
  const parts = sums[0].map((_, part) => f.local('v128', `table${part}`));
  for (const half of [0, 1]) {
    parts.forEach((part, position) => {
      f.set(part, load('v128.load', tables, (half * parts.length + position) * 16));
    });
    sums.forEach((block, position) => {
      const word = f.local('v128', `word${position}`);
      if (half === 0) f.set(word, load('v128.load', weights, position * 16));
      f.set(index, op('v128.and', half === 0 ? word : op('i16x8.shr_u', word, i32(4)), mask));
      block.forEach(({ bytes }, part) => {
        f.set(bytes, op('i8x16.add', bytes, op(swizzle, parts[part], index)));
      });
    });
  }
}

/** Widens the halfword sums and adds them to the totals. Even bytes are the rows 0 .. 7 of a block, odd ones the rows 8 .. 15. */
function emitTotals(
  f: FunctionBuilder,
  { table, factor }: EntrySumsCode,
  sums: readonly (readonly PartSums[])[],
  totals: Local<'i32'>,
): void {
  const lowShift = factor - 1;
  sums.forEach((parts, block) => {
    for (const { even, odd } of parts) {
      f.set(even, op('i16x8.sub', even, op('i16x8.shl', odd, i32(8))));
    }
    (['even', 'odd'] as const).forEach((rows, eighth) => {
      (['i32x4.extend_low_i16x8_u', 'i32x4.extend_high_i16x8_u'] as const).forEach((extend, half) => {
        const offset = block * BLOCK_ROWS * 4 + eighth * 32 + half * 16;
        const sum = parts
          .map((part, index) => {
            const shift = lowShift + index * table.lowBits;
            const wide = op(extend, part[rows]);
            return shift === 0 ? wide : op('i32x4.shl', wide, i32(shift));
          })
          .reduce((a, b) => op('i32x4.add', a, b));
        f.store('v128.store', totals, op('i32x4.add', load('v128.load', totals, offset), sum), offset);
      });
    });
  });
}
