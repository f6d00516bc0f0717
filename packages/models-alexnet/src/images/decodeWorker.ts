// Runs in a thread of its own: decodes the images that decodePool sends, in the order they come.
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { type DecodeResult, type DecodeSettings, type DecodeTask, openDecoder } from './decodeImage.js';
import { limitConcurrency } from './limitConcurrency.js';

/** What a worker is sent. */
export interface WorkerTask extends DecodeTask {
  readonly id: number;
}

/** What a worker answers. */
export interface WorkerAnswer {
  readonly id: number;
  readonly result: DecodeResult;
}

async function serve(port: MessagePort, settings: DecodeSettings): Promise<void> {
  // While one image waits for the disk another is decoded.
  const decode = limitConcurrency(await openDecoder(settings), 2);
  port.on('message', ({ id, entry, draw }: WorkerTask) => {
    void decode({ entry, draw }).then((result) => {
      const answer: WorkerAnswer = { id, result };
      port.postMessage(answer, 'pixels' in result ? [result.pixels.buffer as ArrayBuffer] : []);
    });
  });
}

if (parentPort !== null) void serve(parentPort, workerData as DecodeSettings);
