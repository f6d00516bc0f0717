import type { CheckpointStore } from './checkpointStore.js';
import { decodeTensorFile, encodeTensorFile, type TensorFile } from './tensorFile.js';

/** The checkpoint inside one long stage. */
export interface TrainingProgress {
  /** Whether the stage should write after this many steps. */
  isDue(step: number): boolean;
  read(): Promise<TensorFile | undefined>;
  write(file: TensorFile): Promise<void>;
  /** Removes the file once the stage's result stands elsewhere. */
  clear(): Promise<void>;
}

/** Keeps a stage's progress under `name`, every `everySteps` steps. */
export function trainingProgress(
  store: CheckpointStore | undefined,
  name: string,
  everySteps: number,
  onWrite: (name: string) => void,
): TrainingProgress {
  return {
    isDue: (step) => store !== undefined && step > 0 && step % everySteps === 0,
    async read() {
      const bytes = await store?.read(name);
      return bytes === undefined ? undefined : decodeTensorFile(bytes, `${store?.location ?? ''}/${name}`);
    },
    async write(file) {
      if (store === undefined) return;
      await store.write(name, encodeTensorFile(file));
      onWrite(name);
    },
    async clear() {
      await store?.remove(name);
    },
  };
}
