import type { Op } from '@bnfree/integer-kernels';
import type {
  DyadicScale,
  GraphInput,
  GraphNode,
  GraphOutput,
  IntegerGraph,
  SelfTestVector,
} from '../../graph/integerGraph.js';
import { activation } from './activation.js';
import { dictionary, list, object, optional } from './composites.js';
import type { Reader } from './reader.js';
import { byteTensor } from './tensorReferences.js';
import { integer, text } from './scalars.js';

const scale = object<DyadicScale>({ multiplier: integer(1), shift: integer(0, 62) });

/** Reads a graph from parsed JSON whose typed arrays are tensor references; `op` reads the ops. */
export function graphReader(op: Reader<Op>): Reader<IntegerGraph> {
  return object<IntegerGraph>({
    name: text,
    inputs: list(object<GraphInput>({ name: text, tensor: activation, scale })),
    nodes: list(object<GraphNode>({ name: text, op, inputs: list(text) })),
    outputs: list(object<GraphOutput>({ name: text, value: text, scale })),
    classes: list(text),
    metadata: dictionary(text),
    selfTest: optional(object<SelfTestVector>({ inputs: list(byteTensor), outputs: list(byteTensor) })),
  });
}
