import type * as tf from '@tensorflow/tfjs-core';
import type { Parameter, ParameterTensors } from './optimize.js';

/** Tensors by name: a part of the checkpoint. */
export type RuleState = Readonly<Record<string, tf.Tensor>>;

/** New tensors by name, of those that change. The caller disposes them. */
export type Changes = Readonly<Record<string, tf.Tensor>>;

/**
 * What training is held to beside its loss. `share` is the part of the steps that is done, 0 to 1; what is judged and kept is seen
 * at 1.
 */
export interface TrainingRule {
  /** Parameters of its own, trained beside the others. */
  readonly parameters?: readonly Parameter[];
  /** Its memory before the first step. */
  begin?(tensors: ParameterTensors): RuleState;
  /** Its memory after a step, of the parameters as {@link view} of the rules before it shows them. */
  observe?(tensors: ParameterTensors, state: RuleState, share: number): Changes;
  /** Moves parameters back to where they may be; before the first step and after each. */
  project?(tensors: ParameterTensors): Changes;
  /** Parameters as the loss sees them; differentiable. */
  view?(tensors: ParameterTensors, state: RuleState, share: number): Changes;
}

/** Several rules as one: each sees the parameters as those before it show them. Memories are told apart by their names. */
export function joinRules(rules: readonly TrainingRule[]): TrainingRule {
  const seenBy = (
    count: number,
    tensors: ParameterTensors,
    state: RuleState,
    share: number,
  ): { seen: ParameterTensors; changed: Record<string, tf.Tensor> } => {
    const changed: Record<string, tf.Tensor> = {};
    let seen = tensors;
    for (const rule of rules.slice(0, count)) {
      const changes = rule.view?.(seen, state, share) ?? {};
      Object.assign(changed, changes);
      seen = { ...seen, ...changes };
    }
    return { seen, changed };
  };
  return {
    parameters: rules.flatMap(({ parameters = [] }) => parameters),
    begin: (tensors) => {
      let state: RuleState = {};
      rules.forEach((rule, i) => {
        state = { ...state, ...rule.begin?.(seenBy(i, tensors, state, 0).seen) };
      });
      return state;
    },
    observe: (tensors, state, share) =>
      Object.assign(
        {},
        ...rules.map((rule, i) => rule.observe?.(seenBy(i, tensors, state, share).seen, state, share)),
      ) as Changes,
    project(tensors) {
      const changed: Record<string, tf.Tensor> = {};
      for (const rule of rules) Object.assign(changed, rule.project?.({ ...tensors, ...changed }));
      return changed;
    },
    view: (tensors, state, share) => seenBy(rules.length, tensors, state, share).changed,
  };
}
