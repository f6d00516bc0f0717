import type { GraphNode } from '@bnfree/core';
import {
  packWeights,
  type ActivationSpec,
  type Op,
  type Requantization,
  type Weights,
} from '@bnfree/integer-kernels';
import type { PlannedLayer } from '../plan/studentPlan.js';
import { trainableOf } from '../trainable/index.js';
import { activationGrid } from '../training/activationGrid.js';
import { biasPlace, nearestProducts } from '../training/quantizeBias.js';
import { nearestWeight, weightGrid } from '../training/weightGrid.js';
import { activationSpec } from './activationSpec.js';
import { atShift, fromDyadic, toDyadic } from './dyadic.js';
import type { FrozenLayer, QuantizableLayer, ValueGrid } from './stages.js';

const int32Max = 2 ** 31 - 1;

/**
 * Turns a layer with a grid into integers: weights `round(w / step)`, bias `round(b / (weightStep * inputScale))`,
 * and the requantiser for `weightStep * inputScale / outputScale`. A pure function: the same layer and input grid
 * give the same bytes.
 */
export function integerizeLayer(layer: QuantizableLayer, input: ValueGrid): FrozenLayer {
  const { plan, parameters, steps } = layer;
  const inputScale = fromDyadic(input.scale);
  const channels = trainableOf(plan.operation).outputChannels(parameters.kernelShape);
  const weightStep = (channel: number): number =>
    steps.weightSteps[steps.weightSteps.length === 1 ? 0 : channel];
  const output = outputGrid(layer, weightStep(0) * inputScale);
  const bias =
    biasPlace(plan) === 'sums'
      ? Int32Array.from(parameters.bias, (b, channel) => nearestProducts(b, weightStep(channel), inputScale))
      : undefined;
  const requantization = requantizationOf(layer, inputScale, fromDyadic(output.scale));
  const operands = {
    input: input.tensor,
    output: output.tensor,
    weights: integerWeights(layer, channels, weightStep),
    ...(bias === undefined ? {} : { bias }),
    requantization,
  };
  return { stage: 'frozen', plan, shadow: layer, nodes: nodesOf(plan, operands), output };
}

type Operands = Parameters<ReturnType<typeof trainableOf>['integerOp']>[2];

/** An affine layer on a vector runs as an image of one pixel. */
function nodesOf(plan: PlannedLayer, operands: Operands): GraphNode[] {
  const make = (o: Operands): Op => trainableOf(plan.operation).integerOp(plan, plan.operation, o);
  if (plan.operation.kind !== 'affine' || plan.inputShape.length === 3)
    return [{ name: plan.name, op: make(operands), inputs: [plan.input] }];
  const asImage = (spec: ActivationSpec): ActivationSpec => ({
    ...spec,
    shape: [1, 1, 1, spec.shape[1]],
  });
  const image = { ...operands, input: asImage(operands.input), output: asImage(operands.output) };
  return [
    {
      name: `${plan.name}/asImage`,
      op: { op: 'reshape', inputs: [operands.input], output: image.input },
      inputs: [plan.input],
    },
    { name: `${plan.name}/scale`, op: make(image), inputs: [`${plan.name}/asImage`] },
    {
      name: plan.name,
      op: { op: 'reshape', inputs: [image.output], output: operands.output },
      inputs: [`${plan.name}/scale`],
    },
  ];
}

function outputGrid({ plan, steps }: QuantizableLayer, accumulatorScale: number): ValueGrid {
  if (plan.activations === null || steps.activationStep === null) {
    const shape = [1, ...plan.outputShape];
    return {
      tensor: { shape, type: 'int32', zeroPoint: 0, quantMin: -int32Max - 1, quantMax: int32Max },
      scale: toDyadic(accumulatorScale),
    };
  }
  const { activationStep } = steps;
  return {
    tensor: activationSpec(plan.outputShape, plan.activations.bits, plan.activation, activationStep),
    scale: toDyadic(activationStep),
  };
}

function integerWeights(
  layer: QuantizableLayer,
  channels: number,
  weightStep: (channel: number) => number,
): Weights {
  const { plan, parameters } = layer;
  const trainable = trainableOf(plan.operation);
  const grid = weightGrid(plan.weights.bits, plan.weights.code);
  const rowLength = parameters.kernel.length / channels;
  const values = new Int32Array(parameters.kernel.length);
  for (let channel = 0; channel < channels; channel += 1) {
    // Float32 division, so that halves fall as they fall in the simulation.
    const step = weightStep(channel);
    for (let position = 0; position < rowLength; position += 1) {
      const weight = parameters.kernel[trainable.kernelIndex(parameters.kernelShape, channel, position)];
      values[channel * rowLength + position] = nearestWeight(Math.fround(weight / step), grid);
    }
  }
  return packWeights(values, trainable.integerShape(parameters.kernelShape), {
    bits: plan.weights.bits,
    code: plan.weights.code,
    zeroPoint: 0,
  });
}

function requantizationOf(layer: QuantizableLayer, inputScale: number, outputScale: number): Requantization {
  const { plan, steps } = layer;
  if (plan.activations === null) return { kind: 'none' };
  const rounding = 'halfUp';
  const ratios = Array.from(steps.fixedRatios ?? steps.weightSteps, (value) =>
    steps.fixedRatios === null ? (value * inputScale) / outputScale : value,
  );
  switch (plan.requantization) {
    case 'divide':
      return { kind: 'divide', rounding, divisors: Int32Array.from(ratios, (r) => Math.round(1 / r)) };
    case 'shiftPerLayer':
    case 'shiftPerChannel':
      return { kind: 'shift', rounding, shifts: Int32Array.from(ratios, (r) => Math.round(-Math.log2(r))) };
    case 'thresholds':
      return thresholdsOf(layer, inputScale, outputScale, plan.activations.bits);
    case 'perLayer':
    case 'perChannel': {
      // One shift for all channels is what vector code runs fastest; small ratios only lose bits that they do not need.
      const { shift } = toDyadic(Math.max(...ratios));
      const dyadics = ratios.map((r) => atShift(r, shift));
      return {
        kind: 'multiplier',
        rounding,
        multipliers: Int32Array.from(dyadics, (d) => d.multiplier),
        shifts: Int32Array.from(dyadics, (d) => d.shift),
      };
    }
  }
}

/** Sums from which on the output reaches each of its levels: the bias is in them. */
function thresholdsOf(
  { plan, parameters, steps }: QuantizableLayer,
  inputScale: number,
  outputScale: number,
  bits: number,
): Requantization {
  const { min, max } = activationGrid(bits, plan.activation);
  const count = max - min;
  const thresholds =
    steps.thresholds ??
    Int32Array.from({ length: parameters.bias.length * count }, (_, i) => {
      const [channel, level] = [Math.floor(i / count), min + (i % count)];
      const unit = steps.weightSteps[steps.weightSteps.length === 1 ? 0 : channel] * inputScale;
      return clampInt32(Math.ceil(((level + 0.5) * outputScale - parameters.bias[channel]) / unit));
    });
  return { kind: 'threshold', count, thresholds };
}

function clampInt32(value: number): number {
  return Math.min(int32Max, Math.max(-int32Max - 1, value)) | 0;
}
