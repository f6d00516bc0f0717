import type { CrewAnswer, CrewRequest } from './crewWorker.js';
import { pageCosts, threadCosts, type ThreadCosts } from './threadCosts.js';

/** Who hears what a worker does. */
export interface WorkerListener {
  answer(answer: CrewAnswer): void;
  /** The thread has ended, or something was thrown in it. */
  end(reason: string): void;
}

/** A thread that runs the worker's program. */
export interface CrewThread {
  post(message: { readonly request: number; readonly what: CrewRequest }): void;
  /** Whether the thread is known to have ended, asked without waiting. */
  hasEnded(): boolean;
  /** Whether the process has to go on for it. */
  keepAlive(isNeeded: boolean): void;
  terminate(): Promise<void>;
}

/** What the host offers for threads. */
export interface ThreadPlatform {
  /** Cores that this process may use. */
  readonly cores: number;
  /** Why memory cannot be shared with other threads; undefined where it can. */
  readonly obstacle: string | undefined;
  /** Whether this thread may block: that of a page must not. */
  readonly mayBlock: boolean;
  /** What is worth calling other threads. */
  readonly costs: ThreadCosts;
  /** Whether a thread does parts of work that their own thread has not begun; false where tests want all threads to work. */
  readonly takesOver: boolean;
  /** A thread that does not answer for so long, and twenty times the leader's own part, is given up. */
  readonly patienceMs: number;
  /** Starts a thread; throws where the host forbids it. */
  startThread(source: string, workerUrl: string | URL | undefined, listener: WorkerListener): CrewThread;
}

/** The host that this runs on. */
export function threadPlatform(): ThreadPlatform {
  const node = nodeModules();
  const obstacle = sharingObstacle();
  const mayBlock = obstacle === undefined && mayWait();
  return {
    cores: node?.os.availableParallelism() ?? globalThis.navigator.hardwareConcurrency,
    obstacle,
    mayBlock,
    costs: mayBlock ? threadCosts : pageCosts,
    takesOver: true,
    patienceMs: 10_000,
    startThread(source, workerUrl, listener) {
      return node !== undefined && mayBlock
        ? startNodeThread(node.threads, source, listener)
        : startWebWorker(source, workerUrl, listener);
    },
  };
}

interface NodeModules {
  readonly os: typeof import('node:os');
  readonly threads: typeof import('node:worker_threads');
}

/** Node's own modules, without an import that bundlers for pages would follow. */
function nodeModules(): NodeModules | undefined {
  // Some bundlers give pages an object called process that has next to nothing.
  if (typeof process === 'undefined' || typeof process.getBuiltinModule !== 'function') return undefined;
  return {
    os: process.getBuiltinModule('node:os'),
    threads: process.getBuiltinModule('node:worker_threads'),
  };
}

function sharingObstacle(): string | undefined {
  const { crossOriginIsolated } = globalThis as { readonly crossOriginIsolated?: boolean };
  if (crossOriginIsolated === false) {
    return 'the page is not cross-origin isolated (headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp)';
  }
  return typeof SharedArrayBuffer === 'function' ? undefined : 'the engine has no SharedArrayBuffer';
}

function mayWait(): boolean {
  try {
    // Not equal: returns at once where waiting is allowed, throws where it is not.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
    return true;
  } catch {
    return false;
  }
}

function startNodeThread(
  { Worker }: NodeModules['threads'],
  source: string,
  listener: WorkerListener,
): CrewThread {
  // Neither the loaders nor the environment of the program concern the worker.
  const worker = new Worker(source, { eval: true, execArgv: [], env: {}, name: 'bnfree' });
  worker.on('message', (answer: CrewAnswer) => {
    listener.answer(answer);
  });
  worker.on('error', (error) => {
    listener.end(String(error));
  });
  let hasExited = false;
  worker.on('exit', () => {
    hasExited = true;
    listener.end('it has ended');
  });
  return {
    post: (message) => {
      worker.postMessage(message);
    },
    // The one sign of life that needs no turn of the event loop: a thread that has stopped has a negative idle time.
    hasEnded: () => hasExited || worker.performance.eventLoopUtilization().idle < 0,
    keepAlive(isNeeded) {
      if (isNeeded) worker.ref();
      else worker.unref();
    },
    terminate: async () => {
      await worker.terminate();
    },
  };
}

function startWebWorker(
  source: string,
  workerUrl: string | URL | undefined,
  listener: WorkerListener,
): CrewThread {
  const url = workerUrl ?? URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new Worker(url, { name: 'bnfree' });
  let isRevocable = workerUrl === undefined;
  worker.onmessage = ({ data }: MessageEvent<CrewAnswer>) => {
    if (isRevocable) URL.revokeObjectURL(String(url));
    isRevocable = false;
    listener.answer(data);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    listener.end(event.message || 'its program could not be loaded');
  };
  return {
    post: (message) => {
      worker.postMessage(message);
    },
    hasEnded: () => false,
    keepAlive: () => undefined,
    terminate: () => {
      worker.terminate();
      return Promise.resolve();
    },
  };
}
