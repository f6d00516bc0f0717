import type { Issue } from '@bnfree/core';
import { findTaps, type Tap } from '../teacher/findTaps.js';
import type { Teacher, TeacherNode } from '../teacher/teacher.js';
import { checkLayerChoice } from './checkPlanOptions.js';
import type { LayerCandidate, LayerSettings, PlanOptions } from './planOptions.js';
import { codeIssues, resolveSettings, type ResolvedSettings } from './resolveSettings.js';

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
    const place = { isEnd: layer.isFirst || layer.isLast, feedsLookup: feedsLookup.has(tap.tap) };
    const settings = resolveSettings(options, place, own);
    issues.push(...codeIssues(settings, `layers("${layer.name}").weights`));
    blocks.set(tap.name, { tap, settings });
  }
  return { blocks, skipped, issues };
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
  const { last, behind } = lastTap(teacher, taps);
  const firstLayer = taps.find(({ operation }) => !['add', 'concat', 'lookup'].includes(operation));
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
        isFirst: tap !== null && tap === firstLayer,
        isLast: tap !== null && tap === last,
        inputShape: shapeOf.get(node.inputs[0]) ?? [],
        outputShape: shapeOf.get(tap?.tap ?? node.name) ?? [],
        teacherNodes: tap?.teacherNodes ?? [node.name],
      },
    };
  });
}

/** The block that makes the logits: softmax, reshapes, dropout and unsupported layers behind it do not count. */
function lastTap(
  teacher: Teacher,
  taps: readonly Tap[],
): { last: Tap | undefined; behind: ReadonlySet<string> } {
  const nodeOf = new Map(teacher.nodes.map((node) => [node.name, node]));
  const tapAt = new Map(taps.map((tap) => [tap.tap, tap]));
  const behind = new Set<string>();
  let name = teacher.outputs[0];
  for (;;) {
    const last = tapAt.get(name);
    const node = nodeOf.get(name);
    const isDropped = last !== undefined && isFinalFunction(last, nodeOf);
    if ((last !== undefined && !isDropped) || node === undefined || !mayFollowLogits(node))
      return { last, behind };
    behind.add(name);
    name = isDropped ? last.inputs[0] : node.inputs[0];
  }
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

/** Whether a block is a function behind the logits that keeps their order, such as a sigmoid. */
export function isFinalFunction(tap: Tap, nodeOf: ReadonlyMap<string, TeacherNode>): boolean {
  const first = nodeOf.get(tap.name);
  return tap.operation === 'lookup' && first !== undefined && keepsLogits(first);
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
