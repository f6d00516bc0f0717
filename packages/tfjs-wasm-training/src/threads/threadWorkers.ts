import type { ThreadedProgram } from './readThreadedProgram.js';

type Threads = typeof import('node:worker_threads');

/**
 * A class of workers for tfjs's threads in Node, to stand in for Node's own while the backend starts.
 *
 * tfjs hands its programs over as blobs, which neither Node's workers nor its file functions can open: a thread runs the
 * program's text instead, and finds the main program where it looks for a blob. All other workers are left as they are.
 */
export function threadWorkers(
  program: ThreadedProgram,
  { Worker }: Threads,
  started: InstanceType<Threads['Worker']>[],
): Threads['Worker'] {
  const text = threadText(program);
  return class extends Worker {
    constructor(address: string | URL, options?: import('node:worker_threads').WorkerOptions) {
      const isThread = typeof address === 'string' && address.startsWith('blob:');
      // Loaders of the main program are none of theirs.
      if (isThread) super(text, { ...options, eval: true, execArgv: [] });
      else super(address, options);
      if (isThread) {
        started.push(this);
        // tfjs asks for it when a thread begins; threads that wait for work must not keep a program alive.
        this.ref = () => undefined;
      }
    }
  };
}

function threadText({ mainPath, mainSource, workerSource }: ThreadedProgram): string {
  const name = 'WasmBackendModuleThreadedSimd';
  const main = `${mainSource};globalThis.${name} = ${name};`;
  // Not strict, and evaluated as a script: the program sets names that it does not declare.
  const worker = workerSource.replace('"use strict";', '');
  return [
    `const main = ${JSON.stringify(main)};`,
    'const files = require("node:fs");',
    'const { readFileSync } = files;',
    'files.readFileSync = (path, ...rest) => String(path).startsWith("blob:") ? main : readFileSync(path, ...rest);',
    `Object.assign(globalThis, { require, __filename: ${JSON.stringify(mainPath)}, __dirname: ${JSON.stringify(dirname(mainPath))} });`,
    `(0, eval)(${JSON.stringify(worker)});`,
  ].join('\n');
}

function dirname(path: string): string {
  return process.getBuiltinModule('node:path').dirname(path);
}
