import { getThreadsCount, setThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { readThreadedProgram } from './threads/readThreadedProgram.js';
import { threadWorkers } from './threads/threadWorkers.js';
import { TrainingKernelError, type TrainingKernelIssue } from './trainingKernelError.js';

/** What tfjs's WebAssembly takes at most. */
const MOST_THREADS = 4;

/** The backend at work. */
export interface ThreadedBackend {
  /** That compute. */
  readonly threads: number;
  /** Ends them, and the backend with them. Programs that run to their end need not: the threads do not hold them. */
  stop(): Promise<void>;
}

/**
 * Does what `tf.setBackend('wasm')` does, with several threads, in Node too.
 *
 * tfjs 4.22 has threads in cross-origin-isolated pages alone and never uses more than half of the cores
 * ([tensorflow/tfjs#3830](https://github.com/tensorflow/tfjs/issues/3830)). While the backend starts, this stands in for Node's
 * workers and its count of cores, and takes both back. Results are the same bits for any number of threads. `threads` is 1 .. 4,
 * all cores by default; pages take what tfjs gives them.
 *
 * @throws {TrainingKernelError} `BACKEND_STARTED`, `THREADS_NOT_AVAILABLE`, `INVALID_THREADS`
 */
export async function startThreadedBackend(threads = coreCount()): Promise<ThreadedBackend> {
  const issues = [...threadIssues(threads), ...startIssues()];
  if (issues.length > 0) throw new TrainingKernelError(issues);
  setThreadsCount(threads);
  if (!isNode() || threads === 1) {
    await tf.setBackend('wasm');
    return { threads: getThreadsCount(), stop: removeBackend };
  }
  const workers = process.getBuiltinModule('node:worker_threads');
  const system = process.getBuiltinModule('node:os');
  const { Worker } = workers;
  const { cpus } = system;
  const started: InstanceType<typeof Worker>[] = [];
  const program = readThreadedProgram();
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', true);
  try {
    workers.Worker = threadWorkers(program, workers, started);
    // Half of them are taken.
    system.cpus = () => Array.from({ length: 2 * threads }, () => cpus()[0]);
    await tf.setBackend('wasm');
  } finally {
    workers.Worker = Worker;
    system.cpus = cpus;
    // Until here they had to: nothing else waits for them.
    for (const worker of started) worker.unref();
  }
  return {
    threads: getThreadsCount(),
    async stop() {
      await removeBackend();
      await Promise.all(started.map((worker) => worker.terminate()));
    },
  };
}

function removeBackend(): Promise<void> {
  tf.removeBackend('wasm');
  return Promise.resolve();
}

function isNode(): boolean {
  return tf.env().getBool('IS_NODE');
}

function coreCount(): number {
  const cores = isNode()
    ? process.getBuiltinModule('node:os').availableParallelism()
    : navigator.hardwareConcurrency;
  return Math.min(cores, MOST_THREADS);
}

function threadIssues(threads: number): TrainingKernelIssue[] {
  if (Number.isInteger(threads) && threads >= 1 && threads <= MOST_THREADS) return [];
  const message = `Got ${threads}, expected a whole number of 1 .. ${MOST_THREADS}.`;
  return [{ code: 'INVALID_THREADS', path: 'threads', message, fix: 'await startThreadedBackend(2)' }];
}

/** A backend that runs keeps the threads that it started with. */
function startIssues(): TrainingKernelIssue[] {
  // Its type leaves out that there may be none.
  if ((tf.findBackend('wasm') as tf.KernelBackend | null) === null) return [];
  const message = "Got a backend 'wasm' that runs already; expected to start it.";
  const fix = "call startThreadedBackend() instead of tf.setBackend('wasm'), before anything is computed";
  return [{ code: 'BACKEND_STARTED', path: 'startThreadedBackend()', message, fix }];
}
