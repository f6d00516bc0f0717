import * as tf from '@tensorflow/tfjs-core';
import { IntegerModel, type IntegerGraph, type Issue } from '@bnfree/core';
import {
  definitionOf,
  prepareRequantization,
  unpackWeights,
  type Conv2dOp,
  type DenseOp,
  type DepthwiseConv2dOp,
  type Op,
} from '@bnfree/integer-kernels';
import { gridsOf } from '../graph/valueGrids.js';
import { isFrozenLayer, type FrozenLayer } from '../layers/stages.js';
import { trainableOf } from '../trainable/index.js';
import { inputRows, modelInputs } from '../training/realInputs.js';
import type { Check, CheckContext } from './check.js';
import { compareMerge } from './compareMerge.js';

export interface MatchesFakeQuantizeOptions {
  /** Held-out images to compare on; 8 by default. */
  readonly images?: number;
}

/** Float32 sums of integers are exact below this. */
const exactLimit = 2 ** 24;

type Codes = Uint8Array | Int8Array | Int32Array;

/**
 * Compares every layer's integers with the training simulation: tfjs sums the same integers in float, where that is
 * exact (accumulators below 2^24), and the specification's requantiser finishes them. Not one value may differ.
 */
export function matchesFakeQuantize({ images = 8 }: MatchesFakeQuantizeOptions = {}): Check {
  return {
    name: 'matchesFakeQuantize',
    async run(context) {
      const count = Math.min(images, context.validation.count);
      const pixels = context.validation.images.subarray(
        0,
        (context.validation.images.length / context.validation.count) * count,
      );
      const values = await allValues(context, pixels);
      const issues: Issue[] = [];
      for (const layer of context.units.filter(isFrozenLayer)) {
        const input = values[layer.plan.input];
        const output = values[layer.plan.name];
        const mismatches = await compareLayer(layer, input, output, count);
        if (mismatches > 0) {
          issues.push(mismatchIssue(layer.plan.name, mismatches));
        }
      }
      const grids = gridsOf(context.plan, context.units);
      for (const merge of context.units) {
        if (isFrozenLayer(merge)) continue;
        const mismatches = compareMerge(merge, values, grids);
        if (mismatches > 0) issues.push(mismatchIssue(merge.plan.name, mismatches));
      }
      return issues;
    },
  };
}

function mismatchIssue(name: string, mismatches: number): Issue {
  return {
    code: 'SIMULATION_MISMATCH',
    path: `layer "${name}"`,
    message: `${mismatches} integers differ from the simulation, expected none`,
    fix: 'report the model and the backend: integer kernels and tfjs disagree',
  };
}

async function allValues(
  { graph, backend, plan }: CheckContext,
  pixels: Uint8Array,
): Promise<Record<string, Codes>> {
  const names = graph.nodes.map(({ name }) => name);
  const { selfTest: _, ...rest } = graph;
  const probe: IntegerGraph = {
    ...rest,
    classes: [],
    outputs: names.map((name) => ({ name, value: name, scale: { multiplier: 1, shift: 0 } })),
  };
  const model = await IntegerModel.fromGraph(probe, { backend });
  try {
    const inputs = inputRows(plan, pixels);
    const { outputs } = await model.run(modelInputs(inputs));
    return { ...outputs, ...Object.fromEntries(inputs) };
  } finally {
    await model.dispose();
  }
}

async function compareLayer(
  { plan, nodes, shadow }: FrozenLayer,
  input: Codes,
  output: Codes,
  count: number,
): Promise<number> {
  const op = nodes.map((node) => node.op).find(hasWeights);
  if (op === undefined || definitionOf(op).accumulatorBound(op).magnitude >= exactLimit) return 0;
  const sums = tf.tidy(() => {
    const x = tf.sub(
      tf.tensor(Float32Array.from(input), [count, ...plan.inputShape]),
      op.inputs[0].zeroPoint,
    );
    const kernel = tf.tensor(kernelOf(op, plan, shadow.parameters.kernelShape), [
      ...shadow.parameters.kernelShape,
    ]);
    return trainableOf(plan.operation).apply(plan.operation, x, kernel);
  });
  const accumulators = await sums.data();
  sums.dispose();
  const channels = op.weights.shape[0];
  const finish = prepareRequantization(op.requantization, op.output);
  let mismatches = 0;
  output.forEach((got: number, i: number) => {
    const channel = i % channels;
    const accumulator = Math.round(accumulators[i]) + (op.bias?.[channel] ?? 0);
    if (got !== finish(accumulator, channel)) mismatches += 1;
  });
  return mismatches;
}

function kernelOf(op: WeightedOp, plan: FrozenLayer['plan'], kernelShape: readonly number[]): Float32Array {
  const trainable = trainableOf(plan.operation);
  const weights = unpackWeights(op.weights);
  const kernel = new Float32Array(weights.length);
  const rowLength = weights.length / op.weights.shape[0];
  weights.forEach((weight, i) => {
    kernel[trainable.kernelIndex(kernelShape, Math.floor(i / rowLength), i % rowLength)] = weight;
  });
  return kernel;
}

type WeightedOp = Conv2dOp | DepthwiseConv2dOp | DenseOp;

function hasWeights(op: Op): op is WeightedOp {
  return 'weights' in op;
}
