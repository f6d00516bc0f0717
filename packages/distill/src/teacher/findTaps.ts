import type { Teacher, TeacherNode } from './teacher.js';

/** What a block begins with; `affine` is a normalization or ReLU that stands alone, `lookup` any other activation. */
export type TapOperation = 'conv2d' | 'depthwiseConv2d' | 'dense' | 'affine' | 'add' | 'concat' | 'lookup';

/** A teacher value that one unit of the student must reproduce: behind normalization and activation. */
export interface Tap {
  /** The first node's name; names the student's layer or merge. */
  readonly name: string;
  readonly operation: TapOperation;
  /** Values that the block takes: one, or all that a merge joins. */
  readonly inputs: readonly string[];
  /** Nodes of the block, in order: linear, normalizations, activation, dropout. */
  readonly teacherNodes: readonly string[];
  readonly activation: 'linear' | 'relu' | 'relu6';
  /** Of a low-bit teacher: its activation has levels `0 .. 2^bits - 1`, over `2^bits - 1`. */
  readonly quantizedBits: number | null;
  /** Last value of the block. */
  readonly tap: string;
}

/**
 * Cuts a teacher into blocks and gives the tap of each, in the teacher's order.
 *
 * A block is a convolution or dense node and the chain behind it of normalization, dropout and at most one activation,
 * as far as each value is taken only once. Normalization behind the activation, or behind anything else, begins an
 * `affine` block of its own; so does normalization behind a sum or a concatenation, which are blocks with at most an
 * activation. An activation other than ReLU and ReLU6 is a `lookup` block of its own. Softmax ends a block: the tap is the logits.
 */
export function findTaps(teacher: Teacher): Tap[] {
  const consumers = consumersOf(teacher);
  const taken = new Set<string>();
  const taps: Tap[] = [];
  for (const node of teacher.nodes) {
    const operation = taken.has(node.name) ? null : blockOperation(node);
    if (operation === null) continue;
    const chain = followChain(node, consumers);
    for (const { name } of chain) taken.add(name);
    taps.push({
      name: node.name,
      operation,
      inputs: node.inputs,
      teacherNodes: chain.map(({ name }) => name),
      activation: chain.map(nonLinearity).find((activation) => activation !== null) ?? 'linear',
      quantizedBits: chain.map(quantizedBits).find((bits) => bits !== null) ?? null,
      tap: chain.at(-1)?.name ?? node.name,
    });
  }
  return taps;
}

/** Which nodes take each value; null stands for the caller, who takes the outputs. */
function consumersOf(teacher: Teacher): Map<string, (TeacherNode | null)[]> {
  const consumers = new Map<string, (TeacherNode | null)[]>(teacher.nodes.map(({ name }) => [name, []]));
  for (const node of teacher.nodes) for (const input of node.inputs) consumers.get(input)?.push(node);
  for (const output of teacher.outputs) consumers.get(output)?.push(null);
  return consumers;
}

function followChain(
  start: TeacherNode,
  consumers: ReadonlyMap<string, readonly (TeacherNode | null)[]>,
): TeacherNode[] {
  const chain = [start];
  for (let node = start; ;) {
    const takers = consumers.get(node.name) ?? [];
    const next = takers.length === 1 ? takers[0] : null;
    if (next === null || !extendsChain(chain, next)) return chain;
    chain.push(next);
    node = next;
  }
}

function extendsChain(chain: readonly TeacherNode[], next: TeacherNode): boolean {
  const isActivated = chain.some((node) => nonLinearity(node) !== null);
  switch (next.operation.kind) {
    case 'dropout':
      return true;
    case 'batchNormalization':
    case 'affine':
      return !isActivated && !isMerge(chain[0]);
    case 'quantizedActivation':
      return !isActivated && chain[0].operation.kind !== 'function';
    case 'activation':
      if (next.operation.activation === 'linear') return true;
      return nonLinearity(next) !== null && !isActivated && chain[0].operation.kind !== 'function';
    default:
      return false;
  }
}

function blockOperation(node: TeacherNode): TapOperation | null {
  switch (node.operation.kind) {
    case 'conv2d':
    case 'depthwiseConv2d':
    case 'dense':
    case 'add':
    case 'concat':
      return node.operation.kind;
    case 'function':
      return 'lookup';
    case 'batchNormalization':
    case 'affine':
      return 'affine';
    default:
      return nonLinearity(node) === null ? null : 'affine';
  }
}

function isMerge({ operation }: TeacherNode): boolean {
  return operation.kind === 'add' || operation.kind === 'concat' || operation.kind === 'function';
}

function quantizedBits({ operation }: TeacherNode): number | null {
  return operation.kind === 'quantizedActivation' ? operation.bits : null;
}

function nonLinearity({ operation }: TeacherNode): 'relu' | 'relu6' | null {
  // Its lower end is zero, its upper end that of the grid.
  if (operation.kind === 'quantizedActivation') return 'relu';
  if (operation.kind !== 'activation') return null;
  return operation.activation === 'relu' || operation.activation === 'relu6' ? operation.activation : null;
}
