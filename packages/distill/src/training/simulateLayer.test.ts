import { beforeAll, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { runOp, typescriptBackend } from '@bnfree/integer-kernels';
import * as fc from 'fast-check';
import { integerizeLayer } from '../layers/integerizeLayer.js';
import type { CalibratedLayer, ValueGrid } from '../layers/stages.js';
import type { PlannedLayer, RequantizationScheme } from '../plan/studentPlan.js';
import { simulateLayer, type LayerTensors } from './simulateLayer.js';

beforeAll(async () => {
  tf.env().set('IS_TEST', true);
  await tf.setBackend('cpu');
});

const [inputs, outputs] = [5, 3];
const schemes: RequantizationScheme[] = [
  'divide',
  'shiftPerLayer',
  'shiftPerChannel',
  'perLayer',
  'perChannel',
  'thresholds',
];

/** Powers of two, so that float32 computes the very sums and a difference can only come from the rules. */
const inputStep = 2 ** -4;
const outputStep = 2 ** -2;

const inputGrid: ValueGrid = {
  tensor: { shape: [1, inputs], type: 'uint8', zeroPoint: 0, quantMin: 0, quantMax: 15 },
  scale: { multiplier: 1, shift: 4 },
};

function plannedLayer(
  requantization: RequantizationScheme,
  bits: number,
  activationBits: number | null,
): PlannedLayer {
  return {
    kind: 'layer',
    stage: 'planned',
    name: 'fc',
    input: 'x',
    operation: { kind: 'dense' },
    tap: 'fc',
    teacherNodes: ['fc'],
    activation: activationBits === null ? 'linear' : 'relu',
    inputShape: [inputs],
    outputShape: [outputs],
    weights: { bits, code: bits === 1 ? 'sign' : 'twosComplement' },
    activations: activationBits === null ? null : { bits: activationBits },
    requantization,
  };
}

function calibratedLayer(
  plan: PlannedLayer,
  kernel: number[],
  bias: number[],
  exponents: number[],
): CalibratedLayer {
  const { requantization, activations } = plan;
  const isPerChannel = /Channel|thresholds/.test(requantization);
  const weightSteps = Float32Array.from(isPerChannel ? exponents : exponents.slice(0, 1), (e) => 2 ** -e);
  const isFixed = /divide|shift/.test(requantization) && activations !== null;
  const fixedRatios = isFixed ? weightSteps.map((step) => (step * inputStep) / outputStep) : null;
  return {
    stage: 'calibrated',
    plan,
    parameters: {
      kernelShape: [inputs, outputs],
      kernel: Float32Array.from(kernel),
      bias: Float32Array.from(bias),
    },
    steps: { weightSteps, activationStep: activations === null ? null : outputStep, fixedRatios },
  };
}

function tensorsOf({ parameters, steps }: CalibratedLayer): LayerTensors {
  return {
    kernel: tf.tensor(parameters.kernel, [...parameters.kernelShape]),
    bias: tf.tensor1d(parameters.bias),
    weightStep: tf.tensor1d(steps.weightSteps),
    inputScale: tf.scalar(inputStep),
    activationStep: steps.activationStep === null ? null : tf.tensor1d([steps.activationStep]),
  };
}

/** The integers of a simulated layer, from their real values. */
function simulatedIntegers(layer: CalibratedLayer, codes: Uint8Array): number[] {
  return tf.tidy(() => {
    const x = tf.mul(tf.tensor([...codes], [1, inputs]), inputStep);
    const unit = layer.steps.activationStep ?? layer.steps.weightSteps[0] * inputStep;
    return [...tf.div(simulateLayer(layer.plan, x, tensorsOf(layer)), unit).dataSync()].map((y) => y + 0);
  });
}

async function engineIntegers(layer: CalibratedLayer, codes: Uint8Array): Promise<number[]> {
  const [{ op }] = integerizeLayer(layer, inputGrid).nodes;
  return [...(await runOp(typescriptBackend(), op, [codes]))];
}

const numbers = (length: number, reach: number) =>
  fc.array(
    fc.integer({ min: -reach * 1024, max: reach * 1024 }).map((n) => n / 1024),
    {
      minLength: length,
      maxLength: length,
    },
  );

describe('simulateLayer', () => {
  test.each(schemes)('%s: gives the integers of the engine, whatever the bias', async (requantization) => {
    const cases = fc.record({
      bits: fc.integer({ min: 1, max: 4 }),
      activationBits: fc.constantFrom(null, 1, 2, 3, 4),
      kernel: numbers(inputs * outputs, 2),
      bias: numbers(outputs, 4),
      exponents: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: outputs, maxLength: outputs }),
      codes: fc.uint8Array({ minLength: inputs, maxLength: inputs, max: 15 }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ bits, activationBits, kernel, bias, exponents, codes }) => {
        const plan = plannedLayer(requantization, bits, activationBits);
        // Logits have one step for all classes.
        const steps = activationBits === null ? [exponents[0], exponents[0], exponents[0]] : exponents;
        const layer = calibratedLayer(plan, kernel, bias, steps);
        expect(simulatedIntegers(layer, codes)).toEqual(await engineIntegers(layer, codes));
      }),
      { numRuns: 200 },
    );
  });

  test('a bias of a half product and a little less fall as they do in the integers', async () => {
    const layer = (bias: number) =>
      calibratedLayer(
        plannedLayer('perLayer', 2, null),
        new Array<number>(inputs * outputs).fill(0),
        [bias, -bias, 0],
        [0, 0, 0],
      );
    const codes = new Uint8Array(inputs);
    for (const [bias, integers] of [
      [inputStep / 2, [1, 0, 0]],
      [inputStep * 0.49, [0, 0, 0]],
      [inputStep * 7.51, [8, -8, 0]],
    ] as const) {
      expect(simulatedIntegers(layer(bias), codes)).toEqual(integers);
      expect(await engineIntegers(layer(bias), codes)).toEqual(integers);
    }
  });

  test('has a gradient for the bias under every scheme; none where there is no bias', () => {
    for (const requantization of schemes) {
      const plan = plannedLayer(requantization, 2, 4);
      const layer = calibratedLayer(plan, new Array<number>(15).fill(1), [0.3, 0.6, 0.9], [1, 1, 1]);
      const tensors = tensorsOf(layer);
      const x = tf.fill([2, inputs], 4 * inputStep);
      const gradient = tf.grad((bias: tf.Tensor) => tf.sum(simulateLayer(plan, x, { ...tensors, bias })))(
        tensors.bias,
      );
      expect([...gradient.dataSync()]).toEqual(requantization === 'divide' ? [0, 0, 0] : [2, 2, 2]);
    }
  });
});
