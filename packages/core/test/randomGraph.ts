import { checkOp, definitionOf, type ActivationSpec, type Op } from '@bnfree/integer-kernels';
import type { GraphNode, IntegerGraph } from '../src/index.js';
import { byShift, numberSource, randomWeights, spec } from './graphBuilder.js';

type Random = (min: number, max: number) => number;
type Value = { readonly name: string; readonly tensor: ActivationSpec };
/** Makes an op on one of the values that exist, or nothing where none fits. */
type Maker = (values: readonly Value[], random: Random) => { op: Op; inputs: Value[] } | undefined;

const formats = [
  { bits: 8, code: 'twosComplement', zeroPoint: 0 },
  { bits: 8, code: 'unsigned', zeroPoint: 100 },
  { bits: 4, code: 'odd', zeroPoint: 0 },
  { bits: 3, code: 'twosComplement', zeroPoint: 1 },
  { bits: 1, code: 'sign', zeroPoint: 0 },
] as const;

function pick<Item>(items: readonly Item[], random: Random): Item | undefined {
  return items[random(0, Math.max(0, items.length - 1))];
}

const isImage = ({ tensor }: Value) => tensor.shape.length === 4 && tensor.type !== 'int32';
const isVector = ({ tensor }: Value) => tensor.shape.length === 2 && tensor.type !== 'int32';

function randomOutput(shape: readonly number[], random: Random): ActivationSpec {
  const zeroPoint = random(-5, 5);
  return random(0, 1) === 0
    ? spec(shape, 'uint8', { zeroPoint: zeroPoint + 5 })
    : spec(shape, 'int8', { zeroPoint, quantMin: random(-128, -20), quantMax: random(20, 127) });
}

/** Fills in the output shape that the operands imply. */
function shaped<AnyOp extends Op>(op: AnyOp): AnyOp {
  return { ...op, output: { ...op.output, shape: definitionOf(op).outputShape(op) } };
}

const makers: readonly Maker[] = [
  (values, random) => {
    const input = pick(values.filter(isImage), random);
    if (input === undefined) return undefined;
    const size = random(1, 3);
    const channels = input.tensor.shape[3];
    const outputs = random(1, 9);
    const pad = () => random(0, size - 1);
    return {
      inputs: [input],
      op: shaped({
        op: 'conv2d',
        inputs: [input.tensor],
        output: randomOutput([], random),
        weights: randomWeights([outputs, size, size, channels], random, formats[random(0, 4)]),
        bias: Int32Array.from({ length: outputs }, () => random(-2000, 2000)),
        strides: [random(1, 2), random(1, 2)],
        dilations: [1, 1],
        padding: {
          top: pad(),
          bottom: pad(),
          left: pad(),
          right: pad(),
          value: random(0, 1) === 0 ? 3 : input.tensor.zeroPoint,
        },
        groups: 1,
        requantization: byShift(random(5, 9)),
      }),
    };
  },
  (values, random) => {
    const input = pick(values.filter(isImage), random);
    if (input === undefined) return undefined;
    const multiplier = random(1, 2);
    return {
      inputs: [input],
      op: shaped({
        op: 'depthwiseConv2d',
        inputs: [input.tensor],
        output: randomOutput([], random),
        weights: randomWeights([input.tensor.shape[3] * multiplier, 3, 3], random, formats[random(0, 4)]),
        strides: [1, 1],
        dilations: [1, 1],
        padding: { top: 1, bottom: 1, left: 1, right: 1, value: input.tensor.zeroPoint },
        channelMultiplier: multiplier,
        requantization: byShift(random(4, 8)),
      }),
    };
  },
  (values, random) => {
    const input = pick(values.filter(isImage), random);
    if (input === undefined) return undefined;
    const isMax = random(0, 1) === 0;
    const pool = {
      inputs: [input.tensor] as const,
      output: input.tensor,
      kernel: [2, 3] as const,
      strides: [random(1, 2), random(1, 2)] as const,
      padding: { top: random(0, 1), bottom: 1, left: random(0, 2), right: 1 },
    };
    const op: Op = isMax
      ? { op: 'maxPool2d', ...pool }
      : { op: 'averagePool2d', ...pool, rounding: 'halfUp' };
    return { inputs: [input], op: shaped(op) };
  },
  (values, random) => {
    const a = pick(values, random);
    const same = values.filter(
      ({ tensor }) => tensor.shape.join() === a?.tensor.shape.join() && tensor.type !== 'int32',
    );
    const b = pick(same, random);
    if (a === undefined || b === undefined || a.tensor.type === 'int32') return undefined;
    return {
      inputs: [a, b],
      op: {
        op: 'add',
        inputs: [a.tensor, b.tensor],
        output: randomOutput(a.tensor.shape, random),
        leftShift: 0,
        rescales: [
          { multiplier: random(1, 500), shift: 0 },
          { multiplier: random(1, 500), shift: 0 },
        ],
        outputRescale: { multiplier: 3, shift: 10 },
        rounding: 'halfUp',
      },
    };
  },
  (values, random) => {
    const a = pick(values.filter(isImage), random);
    const others = values.filter(
      (value) =>
        isImage(value) && value.tensor.shape.slice(0, 3).join() === a?.tensor.shape.slice(0, 3).join(),
    );
    const b = pick(others, random);
    if (a === undefined || b === undefined) return undefined;
    return {
      inputs: [a, b],
      op: shaped({
        op: 'concat',
        inputs: [a.tensor, b.tensor],
        output: randomOutput([], random),
        axis: 3,
        rescales: [
          { multiplier: 1, shift: 0 },
          { multiplier: 3, shift: 2 },
        ],
        rounding: 'halfUp',
      }),
    };
  },
  (values, random) => {
    const input = pick(values, random);
    if (input === undefined || input.tensor.type === 'int32') return undefined;
    return {
      inputs: [input],
      op: {
        op: 'requantize',
        inputs: [input.tensor],
        output: randomOutput(input.tensor.shape, random),
        requantization: byShift(random(0, 1)),
      },
    };
  },
  (values, random) => {
    const input = pick(values, random);
    if (input === undefined) return undefined;
    const { shape } = input.tensor;
    const size = shape.reduce((all, length) => all * length, 1);
    const output = shape.length === 4 ? [1, size] : size % 4 === 0 ? [1, 2, 2, size / 4] : [1, 1, 1, size];
    return {
      inputs: [input],
      op: { op: 'reshape', inputs: [input.tensor], output: { ...input.tensor, shape: output } },
    };
  },
  (values, random) => {
    const input = pick(values.filter(isVector), random);
    if (input === undefined) return undefined;
    const units = random(1, 20);
    return {
      inputs: [input],
      op: {
        op: 'dense',
        inputs: [input.tensor],
        output: randomOutput([1, units], random),
        weights: randomWeights([units, input.tensor.shape[1]], random, formats[random(0, 4)]),
        requantization: byShift(random(5, 10)),
      },
    };
  },
  (values, random) => {
    const input = pick(values.filter(isImage), random);
    if (input === undefined) return undefined;
    return {
      inputs: [input],
      op: shaped({
        op: 'globalAveragePool2d',
        inputs: [input.tensor],
        output: randomOutput([], random),
        requantization: {
          kind: 'divide',
          rounding: 'halfUp',
          divisors: Int32Array.of(input.tensor.shape[1] * input.tensor.shape[2]),
        },
      }),
    };
  },
];

/** Removes nodes that the last one does not need: fewer outputs, shorter lives, more reuse. */
function keepAncestors(nodes: GraphNode[]): void {
  const needed = new Set(nodes.slice(-1).map(({ name }) => name));
  for (let index = nodes.length - 1; index >= 0; index--) {
    if (!needed.has(nodes[index].name)) nodes.splice(index, 1);
    else for (const name of nodes[index].inputs) needed.add(name);
  }
}

/** A valid graph of up to `size` nodes with branches; values that nothing uses become outputs. */
export function randomGraph(seed: number, size = 8): IntegerGraph {
  const random = numberSource(seed);
  const image = spec([1, random(3, 7), random(3, 7), random(1, 5)], 'uint8');
  const values: Value[] = [{ name: 'image', tensor: image }];
  const nodes: GraphNode[] = [];
  for (let attempt = 0; attempt < 3 * size && nodes.length < size; attempt++) {
    // Late values more often, so that graphs get deep.
    const recent = random(0, 1) === 0 ? values.slice(-2) : values;
    const made = pick(makers, random)?.(recent, random);
    if (made === undefined || checkOp(made.op).length > 0) continue;
    const name = `${made.op.op}${nodes.length}`;
    nodes.push({ name, op: made.op, inputs: made.inputs.map((value) => value.name) });
    values.push({ name, tensor: made.op.output });
  }
  if (seed % 2 === 1) keepAncestors(nodes);
  const used = new Set(nodes.flatMap(({ inputs }) => inputs));
  const kept = new Set(['image', ...nodes.map(({ name }) => name)]);
  const leaves = values.filter(({ name }) => kept.has(name) && !used.has(name));
  return {
    name: `random ${seed}`,
    inputs: [{ name: 'image', tensor: image, scale: { multiplier: 1, shift: 8 } }],
    nodes,
    outputs: leaves.map(({ name }) => ({ name, value: name, scale: { multiplier: 1, shift: 0 } })),
    classes: [],
    metadata: {},
  };
}
