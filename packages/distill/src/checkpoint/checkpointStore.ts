/** Where a run keeps what it has done. Writing is atomic: a reader sees the old bytes or the new, never a part. */
export interface CheckpointStore {
  /** For messages: a folder's path, or `memory`. */
  readonly location: string;
  /** Rejects with CHECKPOINT_NOT_WRITABLE where nothing can be kept, before the long work starts. */
  assertWritable(): Promise<void>;
  read(name: string): Promise<Uint8Array | undefined>;
  write(name: string, bytes: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
}
