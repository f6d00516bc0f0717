import { beforeAll, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { openTeacher } from '../teacher/openTeacher.js';
import { tinyTeacher } from '../../test/tinyTeacher.js';
import { allocateBits } from './allocateBits.js';
import { planCost } from './planCost.js';
import { planStudent } from './planStudent.js';

beforeAll(async () => {
  tf.env().set('IS_TEST', true);
  await tf.setBackend('cpu');
});

const bitMacsOf = (plan: Parameters<typeof planCost>[0]) =>
  planCost(plan).layers.reduce((sum, { macs, weightBits }) => sum + macs * weightBits, 0);

describe('allocateBits', () => {
  test('keeps every budget that can be kept, of bytes or of multiplications, and gives no bits away', () => {
    const teacher = openTeacher(tinyTeacher());
    const plan = planStudent(teacher);
    const [most, least] = [8, 2].map((bits) => planStudent(teacher, { weights: { bits } }));
    const bytes = [planCost(least).byteLength, planCost(most).byteLength] as const;
    const macs = [bitMacsOf(least), bitMacsOf(most)] as const;
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
        const byteLength = Math.ceil(bytes[0] + share * (bytes[1] - bytes[0]));
        const small = planStudent(teacher, { layers: allocateBits(teacher, plan, { byteLength }) });
        expect(planCost(small).byteLength).toBeLessThanOrEqual(byteLength);
        const bitMacs = Math.ceil(macs[0] + share * (macs[1] - macs[0]));
        const quick = planStudent(teacher, { layers: allocateBits(teacher, plan, { bitMacs }) });
        expect(bitMacsOf(quick)).toBeLessThanOrEqual(bitMacs);
      }),
      { numRuns: 20, seed: 7 },
    );
    const free = planStudent(teacher, { layers: allocateBits(teacher, plan, { byteLength: bytes[1] }) });
    expect(planCost(free).byteLength).toBe(bytes[1]);
  });

  test('takes bits where they are missed least: multiplications from the layer that has most of them', () => {
    const teacher = openTeacher(tinyTeacher());
    const plan = planStudent(teacher);
    const bitMacs = 0.8 * bitMacsOf(plan);
    const costs = planCost(planStudent(teacher, { layers: allocateBits(teacher, plan, { bitMacs }) })).layers;
    const bitsOf = Object.fromEntries(costs.map(({ name, weightBits }) => [name, weightBits]));
    expect(bitsOf['bn2']).toBe(8);
    expect(Math.min(bitsOf['conv1'], bitsOf['conv2'])).toBeLessThan(8);
  });

  test('says what a budget must be at least', () => {
    const teacher = openTeacher(tinyTeacher());
    expect(() => allocateBits(teacher, planStudent(teacher), { byteLength: 10 })).toThrow(
      expect.objectContaining({ code: 'OPTION_RANGE' }),
    );
  });
});
