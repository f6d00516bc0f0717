import { add, i32, op, select, subtract, type FunctionBuilder, type Local } from '../emitter/index.js';

/** Visits rows `begin .. end - 1` in blocks of at most `blockRows`. */
export function emitBlocks(
  f: FunctionBuilder,
  begin: Local<'i32'>,
  end: Local<'i32'>,
  blockRows: number,
  body: (first: Local<'i32'>, count: Local<'i32'>) => void,
): void {
  const first = f.local('i32', 'blockFirst');
  const count = f.local('i32', 'blockCount');
  f.range(first, begin, end, blockRows, () => {
    f.set(count, subtract(end, first));
    f.set(count, select(op('i32.gt_s', count, i32(blockRows)), blockRows, count));
    body(first, count);
  });
}

/** Where the parts of the scratch memory of a matrix product lie, in bytes from its start. */
export interface BlockScratch {
  readonly rowsOffset: number;
  readonly byteLength: number;
}

/** Scratch of one block: the address of every output pixel, then the rows, then slack for vector stores. */
export function blockScratch(blockRows: number, rowBytes: number): BlockScratch {
  const rowsOffset = Math.ceil((blockRows * 4) / 16) * 16;
  return { rowsOffset, byteLength: rowsOffset + Math.ceil((blockRows * rowBytes) / 16) * 16 + 16 };
}

/** Start of the rows of a block. */
export function rowsAddress(scratch: Local<'i32'>, { rowsOffset }: BlockScratch): ReturnType<typeof add> {
  return add(scratch, rowsOffset);
}
