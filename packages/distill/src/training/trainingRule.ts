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
  const lastObserver = rules.map((rule) => rule.observe !== undefined).lastIndexOf(true);
  return {
    parameters: rules.flatMap(({ parameters = [] }) => parameters),
    begin(tensors) {
      const state: Record<string, tf.Tensor> = {};
      let seen = tensors;
      for (const rule of rules) {
        Object.assign(state, rule.begin?.(seen));
        seen = { ...seen, ...rule.view?.(seen, state, 0) };
      }
      return state;
    },
    observe(tensors, state, share) {
      const changed: Record<string, tf.Tensor> = {};
      let seen = tensors;
      for (const [i, rule] of rules.slice(0, lastObserver + 1).entries()) {
        Object.assign(changed, rule.observe?.(seen, state, share));
        // What nobody looks at any more is not computed.
        if (i < lastObserver) seen = { ...seen, ...rule.view?.(seen, state, share) };
      }
      return changed;
    },
    project(tensors) {
      const changed: Record<string, tf.Tensor> = {};
      for (const rule of rules) Object.assign(changed, rule.project?.({ ...tensors, ...changed }));
      return changed;
    },
    view(tensors, state, share) {
      const changed: Record<string, tf.Tensor> = {};
      for (const rule of rules) Object.assign(changed, rule.view?.({ ...tensors, ...changed }, state, share));
      return changed;
    },
  };
}
