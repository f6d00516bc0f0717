import type { Issue } from '@bnfree/core';
import { findTaps, type Tap } from '../teacher/findTaps.js';
import type { Teacher, TeacherNode } from '../teacher/teacher.js';
import { checkLayerChoice } from './checkPlanOptions.js';
import type { LayerCandidate, LayerSettings, PlanOptions } from './planOptions.js';
import { trailingNodes } from './trailingNodes.js';
import { codeIssues, resolveSettings, type ResolvedSettings, type TeacherBits } from './resolveSettings.js';

/** A block of the teacher and the settings of its student layer; `skip` leaves it out. */
export interface ChosenBlock {
  readonly tap: Tap;
  readonly settings: ResolvedSettings | 'skip';
}

/** What the options say about every layer of a teacher. */
export interface LayerChoices {
  /** By the name of the block's first node. */
  readonly blocks: ReadonlyMap<string, ChosenBlock>;
  /** Nodes without a student form that are to be left out. */
  readonly skipped: ReadonlySet<string>;
  readonly issues: readonly Issue[];
}

/** Asks the options about every block and unsupported layer, once each, in the teacher's order. */
export function chooseLayers(teacher: Teacher, options: PlanOptions): LayerChoices {
  const blocks = new Map<string, ChosenBlock>();
  const skipped = new Set<string>();
  const issues: Issue[] = [];
  const feedsLookup = lookupFeeds(teacher);
  for (const { layer, tap } of findCandidates(teacher)) {
    const choice: unknown = options.layers?.(layer);
    const found = checkLayerChoice(choice, layer);
    issues.push(...found);
    if (tap === null) {
      if (choice === 'skip') skipped.add(layer.name);
      continue;
    }
    if (choice === 'skip') {
      blocks.set(tap.name, { tap, settings: 'skip' });
      continue;
    }
    const own = found.length > 0 ? undefined : (choice as LayerSettings | undefined);
    // A normalization of the input gives what the pixels are to the network.
    const isInput = layer.isFirst && tap.operation === 'affine';
    const place = {
      isEnd: layer.isFirst || layer.isLast,
      wantsEightBits: layer.isLast || isInput || feedsLookup.has(tap.tap),
      teacher: teacherBits(teacher, tap),
    };
    const settings = resolveSettings(options, place, own);
    if (!isMergeOperation(tap)) issues.push(...codeIssues(settings, `layers("${layer.name}").weights`));
    blocks.set(tap.name, { tap, settings });
  }
  return { blocks, skipped, issues };
}

function teacherBits({ nodes }: Teacher, { name, quantizedBits }: Tap): TeacherBits {
  const operation = nodes.find((node) => node.name === name)?.operation;
  const weights = operation !== undefined && 'weightBits' in operation ? operation.weightBits : undefined;
  return { weights: weights ?? null, activations: quantizedBits };
}

function isMergeOperation({ operation }: Tap): boolean {
  return operation === 'add' || operation === 'concat' || operation === 'lookup';
}

interface Candidate {
  readonly layer: LayerCandidate;
  /** Null for an unsupported layer. */
  readonly tap: Tap | null;
}

function findCandidates(teacher: Teacher): Candidate[] {
  const taps = findTaps(teacher);
  const tapOf = new Map(taps.map((tap) => [tap.name, tap]));
  const shapeOf = new Map(teacher.nodes.map(({ name, shape }) => [name, shape]));
  const { last, behind } = lastTaps(teacher, taps);
  const first = firstTaps(taps);
  const relevant = teacher.nodes.filter(
    (node) =>
      tapOf.has(node.name) ||
      node.operation.kind === 'unsupported' ||
      (isSoftmax(node) && !behind.has(node.name)),
  );
  return relevant.map((node, index) => {
    const tap = tapOf.get(node.name) ?? null;
    return {
      tap,
      layer: {
        name: node.name,
        index,
        operation: tap?.operation ?? 'unsupported',
        isFirst: tap !== null && first.has(tap),
        isLast: tap !== null && last.has(tap.tap),
        inputShape: shapeOf.get(node.inputs[0]) ?? [],
        outputShape: shapeOf.get(tap?.tap ?? node.name) ?? [],
        teacherNodes: tap?.teacherNodes ?? [node.name],
      },
    };
  });
}

/** The first layer, and normalizations of the input before it. */
function firstTaps(taps: readonly Tap[]): ReadonlySet<Tap> {
  const layers = taps.filter(({ operation }) => !['add', 'concat', 'lookup'].includes(operation));
  const product = layers.findIndex(({ operation }) => operation !== 'affine');
  return new Set(layers.slice(0, product < 0 ? 1 : product + 1));
}

/** The taps that outputs come down to: softmax, reshapes, dropout and unsupported layers behind them do not count. */
function lastTaps(
  teacher: Teacher,
  taps: readonly Tap[],
): { last: ReadonlySet<string>; behind: ReadonlySet<string> } {
  const behind = trailingNodes(teacher, taps, mayFollowLogits);
  const nodeOf = new Map(teacher.nodes.map((node) => [node.name, node]));
  const last = teacher.outputs.map((output) => {
    let name = output;
    while (behind.has(name)) name = nodeOf.get(name)?.inputs[0] ?? '';
    return name;
  });
  return { last: new Set(last), behind };
}

/** Whether a node behind the logits changes nothing that a student must compute. */
export function keepsLogits({ operation }: TeacherNode): boolean {
  switch (operation.kind) {
    case 'dropout':
    case 'flatten':
    case 'reshape':
      return true;
    case 'activation':
      return operation.activation === 'softmax' || operation.activation === 'linear';
    case 'function':
      // It puts each logit's own probability in its place, and keeps their order.
      return operation.form.kind === 'sigmoid';
    default:
      return false;
  }
}

/** Values that nothing but functions by table take. */
function lookupFeeds({ nodes, outputs }: Teacher): Set<string> {
  const isFunction = ({ operation }: TeacherNode): boolean => operation.kind === 'function';
  const others = new Set([...outputs, ...nodes.flatMap((node) => (isFunction(node) ? [] : node.inputs))]);
  return new Set(
    nodes.filter(isFunction).flatMap(({ inputs }) => inputs.filter((name) => !others.has(name))),
  );
}

function isSoftmax({ operation }: TeacherNode): boolean {
  return operation.kind === 'activation' && operation.activation === 'softmax';
}

function mayFollowLogits(node: TeacherNode): boolean {
  return keepsLogits(node) || node.operation.kind === 'unsupported';
}
