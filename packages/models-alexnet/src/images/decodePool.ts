import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { BnfreeError } from '@bnfree/core';
import { packageRoot } from '../packageRoot.js';
import {
  type DecodeImage,
  type DecodeResult,
  type DecodeSettings,
  type DecodeTask,
  openDecoder,
} from './decodeImage.js';
import type { WorkerAnswer, WorkerTask } from './decodeWorker.js';
import { limitConcurrency } from './limitConcurrency.js';

/** Threads that decode. */
export interface DecodePool {
  readonly decode: DecodeImage;
  /** Ends the threads; what they have not answered is never answered. */
  close(): Promise<void>;
}

/**
 * Opens `workers` threads that decode, or none: then the calling thread decodes, four images at once.
 *
 * @throws BnfreeError DECODER_MISSING; a task rejects with WORKER_CRASHED
 */
export async function openDecodePool(
  settings: DecodeSettings,
  workers: number,
  start: (settings: DecodeSettings) => Worker = startWorker,
): Promise<DecodePool> {
  // Opened here in any case: a decoder that is missing is an error now, not in a thread.
  const decode = await openDecoder(settings);
  if (workers === 0) return { decode: limitConcurrency(decode, 4), close: () => Promise.resolve() };
  const threads = Array.from({ length: workers }, () => startThread(start(settings)));
  return {
    decode: (task) =>
      threads.reduce((least, thread) => (thread.load() < least.load() ? thread : least)).decode(task),
    async close() {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

interface DecodeThread extends DecodePool {
  /** Tasks that it has not answered. */
  load(): number;
}

interface WaitingTask {
  readonly resolve: (result: DecodeResult) => void;
  readonly reject: (error: BnfreeError) => void;
  readonly name: string;
}

function startThread(worker: Worker): DecodeThread {
  const waiting = new Map<number, WaitingTask>();
  let crash: unknown;
  let nextId = 0;
  worker.on('message', ({ id, result }: WorkerAnswer) => {
    waiting.get(id)?.resolve(result);
    waiting.delete(id);
  });
  worker.on('error', (error) => (crash = error));
  worker.on('exit', (code) => {
    crash ??= new Error(`it ended with code ${code}`);
    for (const { reject, name } of waiting.values()) reject(crashed(name, crash));
    waiting.clear();
  });
  return {
    load: () => waiting.size,
    decode(task: DecodeTask) {
      if (crash !== undefined) return Promise.reject(crashed(task.entry.name, crash));
      return new Promise((resolve, reject) => {
        const id = (nextId += 1);
        waiting.set(id, { resolve, reject, name: task.entry.name });
        worker.postMessage({ id, ...task } satisfies WorkerTask);
      });
    },
    async close() {
      waiting.clear();
      await worker.terminate();
    },
  };
}

/** Starts the worker's file: built beside this one, or in the sources, which need a loader. */
function startWorker(workerData: DecodeSettings): Worker {
  if (!import.meta.url.endsWith('.ts')) {
    const extension = import.meta.url.endsWith('.cjs') ? 'cjs' : 'js';
    return new Worker(new URL(`dist/images/decodeWorker.${extension}`, packageRoot), { workerData });
  }
  const loader = JSON.stringify(createRequire(import.meta.url).resolve('tsx/cjs/api'));
  const file = JSON.stringify(fileURLToPath(new URL('src/images/decodeWorker.ts', packageRoot)));
  return new Worker(`require(${loader}).require(${file}, ${file})`, {
    workerData,
    eval: true,
    execArgv: ['--conditions=@bnfree/source'],
  });
}

function crashed(image: string, cause: unknown): BnfreeError {
  const message = `a thread that decodes ended: ${cause instanceof Error ? cause.message : String(cause)}`;
  const fix = 'write workers: 0 to find the image that does it, and report it';
  return new BnfreeError([{ code: 'WORKER_CRASHED', path: image, message, fix }], { cause });
}
