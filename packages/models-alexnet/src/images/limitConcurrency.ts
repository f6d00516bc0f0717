import type { DecodeImage } from './decodeImage.js';

/** Starts tasks in the order they come, no more than `atOnce` at a time. */
export function limitConcurrency(decode: DecodeImage, atOnce: number): DecodeImage {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await decode(task);
    } finally {
      // The place goes straight to the next in line.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
