import { BnfreeError } from '../../errors.js';
import type { ModuleLibrary } from '../ahead/moduleLibrary.js';
import type { WasmBackendOptions } from '../wasmBackendOptions.js';
import { backendDisposed } from './backendDisposed.js';
import { Crew } from './crew.js';
import type { ThreadPlatform } from './threadPlatform.js';

/** The threads of a backend, which are started when something is large enough for them. */
export interface CrewSource {
  /** Threads that memory is laid out for; 1 where there is no crew. */
  readonly plannedThreads: number;
  /** Threads that are used in fact. */
  readonly threads: number;
  /** Why there are fewer than asked for. */
  readonly notes: readonly string[];
  /** The crew, started on first use; undefined where there is one thread alone. Rejects with WORKER_UNAVAILABLE. */
  start(): Promise<Crew | undefined>;
  /** The crew, if it was started. */
  readonly started: Crew | undefined;
  dispose(): Promise<void>;
}

/** More threads divide layers into parts that are too small, and leave no core to the page. */
const MAX_AUTO_THREADS = 4;

/** Decides how many threads a backend has. */
export function crewSource(
  { threads: wanted = 'auto', workerUrl }: Pick<WasmBackendOptions, 'threads' | 'workerUrl'>,
  platform: ThreadPlatform,
  library?: Pick<ModuleLibrary, 'isShared'>,
): CrewSource {
  const isAuto = wanted === 'auto';
  const asked = isAuto ? Math.max(1, Math.min(platform.cores, MAX_AUTO_THREADS)) : wanted;
  const obstacle =
    library?.isShared === false
      ? 'the modules were written for one (bnfree compile --threads)'
      : platform.obstacle;
  const plannedThreads = obstacle === undefined ? asked : 1;
  const notes = asked === plannedThreads ? [] : [`one thread: ${obstacle}`];
  let starting: Promise<Crew | undefined> | undefined;
  let started: Crew | undefined;
  let threads = plannedThreads;
  let isDisposed = false;

  const start = async (): Promise<Crew | undefined> => {
    try {
      started = await Crew.start({ threads: plannedThreads, platform, workerUrl });
    } catch (error) {
      if (!isAuto || !(error instanceof BnfreeError)) throw error;
      threads = 1;
      notes.push(`one thread: ${error.issues[0].message}; ${error.issues[0].fix}`);
    }
    return started;
  };
  return {
    plannedThreads,
    notes,
    get threads() {
      return threads;
    },
    get started() {
      return started;
    },
    start() {
      if (isDisposed) return Promise.reject(backendDisposed());
      if (plannedThreads === 1) return Promise.resolve(undefined);
      starting ??= start();
      return starting;
    },
    async dispose() {
      isDisposed = true;
      const crew = await starting?.catch(() => undefined);
      await crew?.dispose();
    },
  };
}
