import { nodePath, type Rule } from './rule.js';

/** Every value of a stored graph is one image: its first axis is 1. */
export const checkBatch: Rule = (graph) =>
  [
    ...graph.inputs.map(({ tensor }, index) => ({ path: `inputs[${index}].tensor.shape`, tensor })),
    ...graph.nodes.map((node, index) => ({
      path: `${nodePath(node, index)}.op.output.shape`,
      tensor: node.op.output,
    })),
  ].flatMap(({ path, tensor }) =>
    tensor.shape[0] === 1
      ? []
      : [
          {
            code: 'GRAPH_BATCH',
            path,
            message: `got [${tensor.shape.join(', ')}], expected a first axis (the batch) of 1`,
            fix: 'store the graph for one image; give IntegerModel.load(source, {batchSize}) the batch',
          },
        ],
  );
