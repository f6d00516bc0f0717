import { afterAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { backends } from './backends.js';
import { expectVector } from './expectVector.js';
import { toVectorCases } from './onnxCase.js';
import { matMulIntegerModel, qLinearConvModel, qLinearMatMulModel } from './randomOnnxModel.js';
import { runOnnxModels } from './runOnnxModels.js';

const seed = 20260801;

/** Models with operands that onnxruntime computes exactly: power-of-two scales, accumulators below 2^24. */
const families = {
  MatMulInteger: matMulIntegerModel,
  QLinearMatMul: qLinearMatMulModel,
  QLinearConv: qLinearConvModel,
} as const;

describe('random models have the bytes that onnxruntime computes', () => {
  const cases = Object.entries(families).flatMap(([opType, model]) =>
    runOnnxModels(fc.sample(model, { seed, numRuns: 120 })).flatMap((node, index) =>
      toVectorCases(`${opType} ${index} of seed ${seed}`, node),
    ),
  );

  for (const createBackend of backends) {
    const backend = createBackend();
    afterAll(() => backend.dispose());

    test.each(Object.keys(families))(`${backend.name} %s`, async (opType) => {
      const family = cases.filter(({ name }) => name.startsWith(opType));
      expect(family.length).toBeGreaterThanOrEqual(120);
      for (const vector of family) await expectVector(backend, vector);
    });
  }
});
