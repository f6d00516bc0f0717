import { expect, test } from '@jest/globals';
import { recordLosses } from './lossCurves.js';

const step = (number: number, steps: number, loss: number) =>
  ({ type: 'step', layer: 'conv1', pass: 'fitToTap', step: number, steps, loss }) as const;

test('keeps every step of a short pass', () => {
  const losses = recordLosses();
  [3, 2, 1].forEach((loss, index) => {
    losses.hear(step(index + 1, 3, loss));
  });
  expect(losses.curves()).toEqual([
    {
      layer: 'conv1',
      pass: 'fitToTap',
      points: [
        [1, 3],
        [2, 2],
        [3, 1],
      ],
    },
  ]);
});

test('keeps means of a long pass, a hundred of them, up to its last step', () => {
  const losses = recordLosses();
  for (let number = 1; number <= 1000; number += 1) losses.hear(step(number, 1000, number));
  const [{ points }] = losses.curves();
  expect(points).toHaveLength(100);
  expect(points[0]).toEqual([10, 5.5]);
  expect(points[99]).toEqual([1000, 995.5]);
});

test('hears steps alone, and keeps passes apart', () => {
  const losses = recordLosses();
  losses.hear({ type: 'checkpoint', name: 'layer' });
  losses.hear(step(1, 1, 4));
  losses.hear({ ...step(1, 1, 5), pass: 'roundSoftly' });
  expect(losses.curves().map(({ pass }) => pass)).toEqual(['fitToTap', 'roundSoftly']);
});
