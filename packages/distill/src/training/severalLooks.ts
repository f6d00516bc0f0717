/** Values batch by batch, from the start each time that it is called. */
export type Looks<Batch> = () => AsyncIterable<Batch> | Iterable<Batch>;

/** Keeps what was read first where `bytes`, its size, are within `limit`; otherwise it is read again at each look. */
export async function severalLooks<Batch>(
  read: Looks<Batch>,
  bytes: number,
  limit: number,
): Promise<Looks<Batch>> {
  if (bytes > limit) return read;
  const kept: Batch[] = [];
  for await (const batch of read()) kept.push(batch);
  return () => kept;
}
