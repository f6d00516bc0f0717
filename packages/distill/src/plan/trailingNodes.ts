import type { Tap } from '../teacher/findTaps.js';
import type { Teacher, TeacherNode } from '../teacher/teacher.js';

/** Names of the nodes that take each value. */
export function takersOf({ nodes }: Teacher): ReadonlyMap<string, readonly string[]> {
  const takers = new Map<string, string[]>(nodes.map(({ name }) => [name, []]));
  for (const { name, inputs } of nodes) for (const input of inputs) takers.get(input)?.push(name);
  return takers;
}

/**
 * Nodes at the end that may be left out: all that take their values are such nodes as well.
 *
 * Nodes of the given blocks stay, but for those of a function that may be left out.
 */
export function trailingNodes(
  teacher: Teacher,
  taps: readonly Tap[],
  mayTrail: (node: TeacherNode) => boolean,
): Set<string> {
  const takers = takersOf(teacher);
  const kept = new Set(
    taps.filter(({ operation }) => operation !== 'lookup').flatMap(({ teacherNodes }) => teacherNodes),
  );
  const trailing = new Set<string>();
  for (const node of [...teacher.nodes].reverse()) {
    const isLast = (takers.get(node.name) ?? []).every((taker) => trailing.has(taker));
    if (isLast && mayTrail(node) && !kept.has(node.name)) trailing.add(node.name);
  }
  return trailing;
}
