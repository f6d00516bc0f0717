import type { PlanNode, PlannedLayer, StudentPlan } from './studentPlan.js';

/** What one layer of a plan costs, for one image. */
export interface LayerCost {
  readonly name: string;
  /** For people: `conv2d 3x3, 3 -> 32`. */
  readonly description: string;
  readonly outputShape: readonly number[];
  readonly weightBits: number;
  /** Null where the outputs are int32 logits. */
  readonly activationBits: number | null;
  readonly macs: number;
  readonly weightCount: number;
  /** Packed weights, rows at whole bytes. */
  readonly weightByteLength: number;
  /** int32 biases; 0 with the `divide` scheme. */
  readonly biasByteLength: number;
  /** Weights and one bias a channel as float32: the layer with its normalization folded in. */
  readonly floatByteLength: number;
}

/** Costs of a plan by layer and in all. */
export interface PlanCost {
  readonly layers: readonly LayerCost[];
  readonly macs: number;
  readonly weightCount: number;
  /** Weights and biases. */
  readonly byteLength: number;
  readonly floatByteLength: number;
}

/** Multiply-accumulates, weights and bytes of a plan at its planned bits. */
export function planCost(plan: StudentPlan): PlanCost {
  const layers = plan.nodes.filter(isLayer).map(layerCost);
  const total = (value: (cost: LayerCost) => number) => layers.reduce((sum, cost) => sum + value(cost), 0);
  return {
    layers,
    macs: total(({ macs }) => macs),
    weightCount: total(({ weightCount }) => weightCount),
    byteLength: total(({ weightByteLength, biasByteLength }) => weightByteLength + biasByteLength),
    floatByteLength: total(({ floatByteLength }) => floatByteLength),
  };
}

function isLayer(node: PlanNode): node is PlannedLayer {
  return node.kind === 'layer';
}

/** Bytes of a layer's packed weights and biases. */
export function layerByteLength(layer: PlannedLayer): number {
  const { weightByteLength, biasByteLength } = layerCost(layer);
  return weightByteLength + biasByteLength;
}

function layerCost(layer: PlannedLayer): LayerCost {
  const { name, outputShape, weights, activations, requantization } = layer;
  const { rows, rowLength, description } = weightRows(layer);
  const positions = outputShape.reduce((a, b) => a * b, 1) / rows;
  const weightCount = rows * rowLength;
  return {
    name,
    description,
    outputShape,
    weightBits: weights.bits,
    activationBits: activations?.bits ?? null,
    macs: weightCount * positions,
    weightCount,
    weightByteLength: rows * Math.ceil((rowLength * weights.bits) / 8),
    biasByteLength: requantization === 'divide' ? 0 : rows * 4,
    floatByteLength: (weightCount + rows) * 4,
  };
}

/** Rows of the weight matrix (output channels) and weights a row. */
function weightRows(layer: PlannedLayer): { rows: number; rowLength: number; description: string } {
  const { operation, inputShape, outputShape } = layer;
  const inputs = inputShape[inputShape.length - 1];
  const rows = outputShape[outputShape.length - 1];
  const ends = `${inputs} -> ${rows}`;
  switch (operation.kind) {
    case 'dense':
      return { rows, rowLength: inputs, description: `dense, ${ends}` };
    case 'affine':
      return { rows, rowLength: 1, description: `affine, ${rows} channels` };
    case 'conv2d': {
      const [height, width] = operation.kernel;
      const rowLength = (height * width * inputs) / operation.groups;
      return { rows, rowLength, description: `conv2d ${height}x${width}, ${ends}` };
    }
    case 'depthwiseConv2d': {
      const [height, width] = operation.kernel;
      return { rows, rowLength: height * width, description: `depthwiseConv2d ${height}x${width}, ${ends}` };
    }
  }
}
