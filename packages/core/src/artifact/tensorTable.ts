/** Element types that an artifact may hold, and their bytes. */
export const dtypeBytes = { I32: 4, I8: 1, U8: 1 } as const;
export type Dtype = keyof typeof dtypeBytes;

/** One tensor of a file: `[begin, end)` counts bytes from the start of the payload. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** The table as it stands in the header, without `__metadata__`. */
export function tableJson(
  entries: readonly TensorEntry[],
): Record<string, { dtype: Dtype; shape: readonly number[]; data_offsets: readonly number[] }> {
  return Object.fromEntries(
    entries.map(({ name, dtype, shape, begin, end }) => [name, { dtype, shape, data_offsets: [begin, end] }]),
  );
}
