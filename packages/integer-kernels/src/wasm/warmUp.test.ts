import { expect, test } from '@jest/globals';
import { warmUp, type ColdKernel } from './warmUp.js';

/** Kernels whose calls take as many milliseconds as they cost, on a clock of their own. */
function kernelsOf(costs: readonly number[]) {
  const calls: string[] = [];
  let time = 1000;
  const kernels = costs.map((cost): ColdKernel => ({
    cost,
    call(round) {
      calls.push(`${cost} in round ${round}`);
      time += cost;
    },
  }));
  return { kernels, calls, now: () => time, spent: () => time - 1000 };
}

test('every kernel is called once a round, the cheapest first', () => {
  const { kernels, calls, now } = kernelsOf([3, 1, 2]);
  warmUp(kernels, now);
  expect(calls).toEqual([0, 1, 2].flatMap((round) => [1, 2, 3].map((cost) => `${cost} in round ${round}`)));
});

test('a budget of 100 ms is shared by all kernels of a model', () => {
  for (const costs of [[60, 30, 20], [500], Array<number>(94).fill(2), Array<number>(2000).fill(0.5)]) {
    const { kernels, calls, now, spent } = kernelsOf(costs);
    warmUp(kernels, now);
    // Nothing begins behind the end, and all that was left of the budget was used.
    const last = Number(calls[calls.length - 1].split(' ')[0]);
    expect(spent() - last).toBeLessThan(100);
    expect(spent()).toBeGreaterThanOrEqual(100);
  }
});

test('nothing more is called once the budget is over', () => {
  let time = 0;
  const calls: number[] = [];
  warmUp([{ cost: 1, call: (round) => calls.push(round) }], () => (time += 60));
  expect(calls).toEqual([0]);
});
