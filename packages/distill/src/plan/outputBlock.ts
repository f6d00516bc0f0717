import type { Issue } from '@bnfree/core';
import type { Teacher } from '../teacher/teacher.js';
import { isFinalFunction, keepsLogits, type ChosenBlock, type LayerChoices } from './layerChoices.js';

/** Where a student ends. */
export interface OutputBlock {
  /** The block that makes the logits; undefined when there is none. */
  readonly block: ChosenBlock | undefined;
  /** Teacher nodes behind the logits, outside of blocks, which the student leaves out. */
  readonly trailing: ReadonlySet<string>;
  readonly issues: readonly Issue[];
}

/** Finds the block that makes the logits, back from the teacher's first output. */
export function findOutputBlock(teacher: Teacher, choices: LayerChoices): OutputBlock {
  const nodeOf = new Map(teacher.nodes.map((node) => [node.name, node]));
  const behind = new Map([...choices.blocks.values()].map((block) => [block.tap.tap, block]));
  const trailing = new Set<string>();
  let name = teacher.outputs[0];
  for (;;) {
    const block = behind.get(name);
    const isDropped = block !== undefined && isFinalFunction(block.tap, nodeOf);
    if (block !== undefined && block.settings !== 'skip' && !isDropped) {
      const { operation, name: first } = block.tap;
      if (operation === 'add' || operation === 'concat' || operation === 'lookup')
        return {
          block: undefined,
          trailing,
          issues: [badOutput(nodeOf.get(first)?.path ?? first, operation)],
        };
      return { block, trailing, issues: block.tap.activation === 'linear' ? [] : [activatedOutput(block)] };
    }
    const node = nodeOf.get(name);
    if (block === undefined && node !== undefined && !keepsLogits(node)) {
      // An unsupported layer is reported where it stands.
      if (node.operation.kind !== 'unsupported')
        return { block: undefined, trailing, issues: [badOutput(node.path, node.operation.kind)] };
    }
    if (block === undefined && !isUnresolved(name)) trailing.add(name);
    const input = block === undefined ? node?.inputs[0] : block.tap.inputs[0];
    if (input === undefined)
      return { block: undefined, trailing, issues: [badOutput('teacher.outputs', 'input')] };
    name = input;
  }

  /** An unsupported layer that is not skipped must still be reported, also behind the logits. */
  function isUnresolved(nodeName: string): boolean {
    return nodeOf.get(nodeName)?.operation.kind === 'unsupported' && !choices.skipped.has(nodeName);
  }
}

function badOutput(path: string, kind: string): Issue {
  return {
    code: 'UNSUPPORTED_TOPOLOGY',
    path,
    message: `The teacher ends in ${kind}; a student ends in a convolution, dense or normalization layer, whose sums are the logits.`,
    fix: 'end the teacher there: tf.model({ inputs: model.inputs, outputs: model.getLayer("LAST_LINEAR_LAYER").output })',
  };
}

function activatedOutput({ tap }: ChosenBlock): Issue {
  return {
    code: 'UNSUPPORTED_TOPOLOGY',
    path: `teacher "${tap.name}"`,
    message: `The teacher's output stands behind ${tap.activation}; logits without activation were expected.`,
    fix: `end the teacher before it: tf.model({ inputs: model.inputs, outputs: model.getLayer("${tap.teacherNodes.at(-2) ?? tap.name}").output })`,
  };
}
