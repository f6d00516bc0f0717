import { checkOp, definitionOf, type ActivationSpec, type Op } from '@bnfree/integer-kernels';
import { byteTypes, drawActivation } from '../../integer-kernels/src/conformance/cases/drawActivation.js';
import type { Draw } from '../../integer-kernels/src/conformance/draw.js';
import { seededDraw } from '../../integer-kernels/src/conformance/seededDraw.js';
import { drawChannels, drawExtent, type Size } from '../../integer-kernels/src/conformance/cases/drawSize.js';
import type { GraphInput, GraphNode, IntegerGraph } from '../src/index.js';
import { drawNode, type Value } from './drawNode.js';

/** What bounds the cost of a graph. */
const limits = {
  small: { macs: 100_000, elements: 4_000 },
  large: { macs: 1_500_000, elements: 40_000 },
} as const satisfies Record<Size, unknown>;

/**
 * A valid graph of up to `nodeCount` nodes with branches; values that nothing uses become outputs.
 *
 * Every op but `gemm` (whose operands have no batch axis) and `relayout` (which the memory plan inserts), every weight format
 * and every requantization. The same seed gives the same graph.
 */
export function randomGraph(seed: number, nodeCount = 8, size: Size = 'small'): IntegerGraph {
  const draw = seededDraw(seed, 'lively');
  const inputs = drawInputs(draw, size);
  const values: Value[] = inputs.map(({ name, tensor }) => ({ name, tensor }));
  const nodes: GraphNode[] = [];
  for (let attempt = 0; attempt < 3 * nodeCount && nodes.length < nodeCount; attempt++) {
    // Late values more often, so that graphs get deep.
    const recent = draw.chance(2) ? values.slice(-2) : values;
    const made = drawNode(draw, size, recent);
    if (made === undefined || !isUsable(made.op, size)) continue;
    const name = `${made.op.op}${nodes.length}`;
    nodes.push({ name, op: made.op, inputs: made.inputs.map((value) => value.name) });
    values.push({ name, tensor: made.op.output });
  }
  if (draw.chance(2)) keepAncestors(nodes);
  const used = new Set(nodes.flatMap((node) => node.inputs));
  const leaves = [...inputs, ...nodes].filter(({ name }) => !used.has(name));
  return {
    name: `random ${seed}`,
    inputs,
    nodes,
    outputs: leaves.map(({ name }) => ({ name, value: name, scale: { multiplier: 1, shift: 0 } })),
    classes: [],
    metadata: {},
  };
}

/** An image, and once in a while another of its size or of another. */
function drawInputs(draw: Draw, size: Size): GraphInput[] {
  const shape = [1, 2 + drawExtent(draw, size), 2 + drawExtent(draw, size), drawChannels(draw, size)];
  const shapes = [shape];
  if (draw.chance(4)) shapes.push(draw.pick(shape, [...shape.slice(0, 3), drawChannels(draw, size)]));
  return shapes.map((own, index) => ({
    name: index === 0 ? 'image' : `image${index + 1}`,
    tensor: drawActivation(draw, own, byteTypes),
    scale: { multiplier: 1, shift: 8 },
  }));
}

function isUsable(op: Op, size: Size): boolean {
  const elements = (tensor: ActivationSpec) => tensor.shape.reduce((all, length) => all * length, 1);
  if (checkOp(op).length > 0) return false;
  return definitionOf(op).macs(op) <= limits[size].macs && elements(op.output) <= limits[size].elements;
}

/** Removes nodes that the last one does not need: fewer outputs, shorter lives, more reuse. */
function keepAncestors(nodes: GraphNode[]): void {
  const needed = new Set(nodes.slice(-1).map(({ name }) => name));
  for (let index = nodes.length - 1; index >= 0; index--) {
    if (!needed.has(nodes[index].name)) nodes.splice(index, 1);
    else for (const name of nodes[index].inputs) needed.add(name);
  }
}
