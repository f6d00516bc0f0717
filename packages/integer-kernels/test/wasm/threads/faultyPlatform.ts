import type { CrewThread, ThreadPlatform } from '../../../src/wasm/threads/threadPlatform.js';
import { eagerPlatform } from '../../threadedBackend.js';

/** A host whose threads can be watched. */
export interface WatchedPlatform extends ThreadPlatform {
  readonly threads: readonly CrewThread[];
}

/** This machine, with a list of the threads that it was asked for. */
export function watchedPlatform(part: Partial<ThreadPlatform> = {}): WatchedPlatform {
  const platform = eagerPlatform(part);
  const threads: CrewThread[] = [];
  return {
    ...platform,
    threads,
    startThread(...order) {
      const thread = platform.startThread(...order);
      threads.push(thread);
      return thread;
    },
  };
}

/** This machine, where a statement runs in place of every function of a module that a worker instantiates, and one at its start. */
export function faultyPlatform(
  statement: string,
  part: Partial<ThreadPlatform> = {},
  atStart = '',
): WatchedPlatform {
  const fault = `${atStart}
const { Instance } = WebAssembly;
WebAssembly.Instance = function (module, imports) {
  const { exports } = new Instance(module, imports);
  return { exports: Object.fromEntries(Object.keys(exports).map((name) => [name, () => { ${statement} }])) };
};
`;
  const platform = eagerPlatform();
  return watchedPlatform({
    startThread: (source, ...order) => platform.startThread(fault + source, ...order),
    ...part,
  });
}
