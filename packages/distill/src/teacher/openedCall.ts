import type { Step } from './evaluateSteps.js';
import type { TeacherParameters } from './teacher.js';
import type { DigestNode } from './teacherDigest.js';

/** A teacher's node, with all that a student may start from. */
export interface OpenedNode extends DigestNode {
  readonly parameters: TeacherParameters;
}

/** What one call of a layer, or one op of a graph, becomes: nodes, and the steps that compute them. */
export interface OpenedCall {
  readonly nodes: readonly OpenedNode[];
  readonly steps: readonly Step[];
}
