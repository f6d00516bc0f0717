import { TrainingKernelError } from '../trainingKernelError.js';

/** The files of tfjs's threaded WebAssembly, as Node's workers need them. */
export interface ThreadedProgram {
  /** Path of the main program, which every thread runs as well. */
  readonly mainPath: string;
  readonly mainSource: string;
  /** Program of a thread. */
  readonly workerSource: string;
}

const folder = '@tensorflow/tfjs-backend-wasm/wasm-out';

/** Finds and reads them in the installed backend; throws THREADS_NOT_AVAILABLE. */
export function readThreadedProgram(): ThreadedProgram {
  const { createRequire } = process.getBuiltinModule('node:module');
  const { readFileSync } = process.getBuiltinModule('node:fs');
  try {
    const require = createRequire(import.meta.url);
    const mainPath = require.resolve(`${folder}/tfjs-backend-wasm-threaded-simd.js`);
    const worker = require(`${folder}/tfjs-backend-wasm-threaded-simd.worker.js`) as {
      readonly wasmWorkerContents: string;
    };
    // As tfjs itself does: in the file, the line ends inside its texts are real ones.
    const workerSource = worker.wasmWorkerContents.replace(/\n/g, '\\n');
    return { mainPath, mainSource: readFileSync(mainPath, 'utf8'), workerSource };
  } catch (cause) {
    const message = `Got no ${folder} that Node can load; expected that of tfjs-backend-wasm 4.22: ${String(cause)}`;
    const fix =
      'npm install @tensorflow/tfjs-backend-wasm@4.22.0, unbundled; or tf.setBackend, which takes one thread';
    throw new TrainingKernelError(
      [{ code: 'THREADS_NOT_AVAILABLE', path: 'startThreadedBackend()', message, fix }],
      { cause },
    );
  }
}
