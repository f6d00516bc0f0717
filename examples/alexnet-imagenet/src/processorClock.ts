/** Seconds on the clock, and of the processor, since some moment. */
export interface Moment {
  readonly wall: number;
  readonly processor: number;
}

/** Now. Processor seconds are of all threads of the process. */
export function now(): Moment {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now() / 1000, processor: (user + system) / 1e6 };
}
