import { assertCheckpointName } from './checkpointFileName.js';
import type { CheckpointStore } from './checkpointStore.js';

/** Checkpoints that last as long as the store, for tests and pages. */
export function memoryCheckpoints(): CheckpointStore {
  const files = new Map<string, Uint8Array>();
  // Async functions, so that a bad name rejects as it does for every other store.
  /* eslint-disable @typescript-eslint/require-await */
  return {
    location: 'memory',
    async assertWritable() {
      return;
    },
    async read(name) {
      assertCheckpointName(name);
      return files.get(name)?.slice();
    },
    async write(name, bytes) {
      assertCheckpointName(name);
      files.set(name, Uint8Array.from(bytes));
    },
    async remove(name) {
      assertCheckpointName(name);
      files.delete(name);
    },
  };
  /* eslint-enable @typescript-eslint/require-await */
}
