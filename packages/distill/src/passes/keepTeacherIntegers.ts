import { BnfreeError, type Issue } from '@bnfree/core';
import type { CalibratedLayer } from '../layers/stages.js';
import { exactAffine, type ExactAffine } from '../lowBit/exactAffine.js';
import { exactStep } from '../lowBit/exactStep.js';
import { exactThresholds } from '../lowBit/exactThresholds.js';
import { lowBitKernel, type LowBitKernel } from '../lowBit/lowBitKernel.js';
import { fraction, multiply, toNumber, type Rational } from '../lowBit/rational.js';
import type { PlannedLayer } from '../plan/studentPlan.js';
import type { Teacher, TeacherOperation } from '../teacher/teacher.js';
import { trainableOf } from '../trainable/index.js';
import type { LayerContext, LayerPass } from './pass.js';

/**
 * Takes a low-bit teacher's own integers: its weights, and normalization, clipping and rounding as thresholds of the sums, computed in
 * fractions of big integers (the streamlining of FINN: Umuroglu et al. 2017, arXiv 1612.07119).
 *
 * The student then computes what the teacher would compute without rounding errors of its own. Channels of negative gain
 * have their weights negated.
 * @throws BnfreeError NOT_LOW_BIT where weights, activations or inputs of the layer lie on no known grid
 */
export function keepTeacherIntegers(): LayerPass<CalibratedLayer, CalibratedLayer> {
  return {
    name: 'keepTeacherIntegers',
    settings: '',
    run: (layer, context) => Promise.resolve(withTeacherIntegers(layer, context)),
  };
}

function withTeacherIntegers(layer: CalibratedLayer, context: LayerContext): CalibratedLayer {
  const { plan } = layer;
  const { teacher } = context;
  const inputStep = exactStep(context.plan, plan.input);
  const kernel = kernelOf(teacher, plan);
  const isOutput = plan.activations === null;
  const isKnown = isOutput || (plan.activations.step !== undefined && plan.requantization === 'thresholds');
  if (inputStep === null || kernel === null || !isKnown) throw new BnfreeError([notLowBit(plan)]);
  const affines = exactAffine(teacher, plan.teacherNodes, biasOf(teacher, plan, layer));
  // Logits keep one step for all classes, and the folded weights that go with it.
  if (isOutput && affines.some(({ gain }) => gain.numerator !== gain.denominator)) return layer;
  const weightSteps = isOutput ? Float32Array.of(toNumber(kernel.step)) : gainSteps(kernel, affines);
  const unit = multiply(kernel.step, inputStep);
  return {
    ...layer,
    parameters: { ...layer.parameters, kernel: signedKernel(layer, kernel, affines, weightSteps) },
    steps: {
      ...layer.steps,
      weightSteps,
      ...(plan.activations === null
        ? {}
        : { thresholds: allThresholds(affines, unit, plan.activations.bits) }),
    },
  };
}

/** Integer weights of a layer: the teacher's low-bit kernel, or ones where a normalization stands alone. */
function kernelOf(
  teacher: Teacher,
  { operation, teacherNodes, inputShape }: PlannedLayer,
): LowBitKernel | null {
  if (operation.kind === 'affine') {
    const channels = inputShape.at(-1) ?? 1;
    return { bits: 1, integers: new Int32Array(channels).fill(1), step: fraction(1n, 1n) };
  }
  const node = teacher.nodes.find(({ name }) => name === teacherNodes[0]);
  const values = teacher.parameters(teacherNodes[0]).kernel?.values;
  const bits = weightBitsOf(node?.operation);
  return bits === undefined || values === undefined ? null : lowBitKernel(values, bits);
}

function weightBitsOf(operation: TeacherOperation | undefined): number | undefined {
  return operation?.kind === 'conv2d' || operation?.kind === 'dense' ? operation.weightBits : undefined;
}

function biasOf(teacher: Teacher, { teacherNodes }: PlannedLayer, layer: CalibratedLayer): Float32Array {
  return teacher.parameters(teacherNodes[0]).bias ?? new Float32Array(layer.parameters.bias.length);
}

/** The kernel whose nearest integers are the teacher's, negated where the channel's gain is below zero. */
function signedKernel(
  { plan, parameters }: CalibratedLayer,
  { integers }: LowBitKernel,
  affines: readonly ExactAffine[],
  weightSteps: Float32Array,
): Float32Array {
  const trainable = trainableOf(plan.operation);
  const rowLength = integers.length / affines.length;
  const kernel = new Float32Array(integers.length);
  affines.forEach(({ gain }, channel) => {
    const worth = weightSteps[weightSteps.length === 1 ? 0 : channel] * (gain.numerator < 0n ? -1 : 1);
    for (let position = 0; position < rowLength; position += 1) {
      const index = trainable.kernelIndex(parameters.kernelShape, channel, position);
      kernel[index] = integers[index] * worth;
    }
  });
  return kernel;
}

function gainSteps({ step }: LowBitKernel, affines: readonly ExactAffine[]): Float32Array {
  const worth = toNumber(step);
  // Any step serves a channel that is constant.
  return Float32Array.from(affines, ({ gain }) => (Math.abs(toNumber(gain)) || 1) * worth);
}

function allThresholds(affines: readonly ExactAffine[], unit: Rational, bits: number): Int32Array {
  const count = 2 ** bits - 1;
  const thresholds = new Int32Array(affines.length * count);
  affines.forEach((affine, channel) => {
    thresholds.set(exactThresholds(affine, unit, bits), channel * count);
  });
  return thresholds;
}

function notLowBit({ name }: PlannedLayer): Issue {
  return {
    code: 'NOT_LOW_BIT',
    path: `layer "${name}"`,
    message:
      "Got a layer whose weights, activations or inputs lie on no grid of the teacher's own, expected DoReFa weights and quantized activations with thresholds.",
    fix: 'use thresholdRecipe() with a teacher of teacherLayers(tfl).doReFaConv2d, doReFaDense and quantizedActivation, or another recipe',
  };
}
