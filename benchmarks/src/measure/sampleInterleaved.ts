import type { Contender } from '../contenders/contender.js';

/** How long to measure. */
export interface SamplingBudget {
  /** Milliseconds for all rounds of one work item. */
  readonly roundsMs: number;
  readonly minRounds: number;
  readonly maxRounds: number;
  /** Milliseconds of calls without any gain before anything counts, a contender: engines compile in the background. */
  readonly warmUpMs: number;
  /** Milliseconds of rest before each turn, default 0: threads that wait by spinning would take a core from the next one. */
  readonly pauseMs?: number;
  /**
   * Milliseconds of calls that do not count at the start of each turn, default 0 (one call): a system may wake a thread on the
   * core of the one that wakes it, and take milliseconds to give it a core of its own.
   */
  readonly wakeMs?: number;
}

/** Milliseconds since some moment. */
export type Clock = () => number;

/** Milliseconds of one call, one number a round. */
export type Samples = readonly number[];

/**
 * Times contenders in turns, so that load of the machine hits all alike.
 *
 * In every round each makes one call that does not count (its data come back into the caches) and then as many as fill
 * a millisecond or two. Rounds begin with another contender each time.
 */
export async function sampleInterleaved(
  contenders: readonly Contender[],
  budget: SamplingBudget,
  clock: Clock,
): Promise<Samples[]> {
  const { pauseMs = 0, wakeMs = 0 } = budget;
  const repeats: number[] = [];
  for (const contender of contenders) repeats.push(await warmUp(contender, budget, clock));
  const samples = contenders.map((): number[] => []);
  const start = performance.now();
  for (let round = 0; round < budget.maxRounds; round += 1) {
    if (round >= budget.minRounds && performance.now() - start > budget.roundsMs) break;
    for (let turn = 0; turn < contenders.length; turn += 1) {
      const index = (round + turn) % contenders.length;
      if (pauseMs > 0) await rest(pauseMs);
      if (wakeMs > 0) await wake(contenders[index], wakeMs);
      samples[index].push(await timeRound(contenders[index], repeats[index], clock));
    }
  }
  return samples;
}

/** Calls that make up about this many milliseconds a round. */
const roundMs = 2;
/** From this duration on a call brings its own data into the caches. */
const longCallMs = 60;

/** Runs until calls have not become faster for `warmUpMs`: engines compile in the background; returns the calls of a round. */
async function warmUp(contender: Contender, { warmUpMs }: SamplingBudget, clock: Clock): Promise<number> {
  let fastest = Infinity;
  let calls = 0;
  const start = performance.now();
  let lastGain = start;
  for (;;) {
    const before = clock();
    await contender.run();
    const duration = clock() - before;
    const now = performance.now();
    calls += 1;
    // Less than a twentieth is noise.
    if (duration < fastest * 0.95) lastGain = now;
    fastest = Math.min(fastest, duration);
    const isSettled = now - lastGain >= warmUpMs && (calls >= 3 || now - start > 10 * warmUpMs);
    if (isSettled || now - start > 20 * warmUpMs) break;
  }
  // Code that was compiled meanwhile takes over at a later call.
  await rest(Math.min(100, warmUpMs / 2));
  let duration = Infinity;
  for (let call = 0; call < 3; call += 1) {
    const before = clock();
    await contender.run();
    duration = Math.min(duration, clock() - before);
  }
  return Math.max(1, Math.min(1000, Math.round(roundMs / Math.max(duration, 0.001))));
}

async function wake(contender: Contender, durationMs: number): Promise<void> {
  const end = performance.now() + durationMs;
  while (performance.now() < end) await contender.run();
}

function rest(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

async function timeRound(contender: Contender, repeats: number, clock: Clock): Promise<number> {
  const before = clock();
  const first = contender.run();
  if (first instanceof Promise) await first;
  const firstMs = clock() - before;
  if (firstMs > longCallMs) return firstMs;
  const isSync = !(first instanceof Promise);
  const start = clock();
  if (isSync) for (let call = 0; call < repeats; call += 1) void contender.run();
  else for (let call = 0; call < repeats; call += 1) await contender.run();
  return (clock() - start) / repeats;
}
