import { throwIfIssues } from '@bnfree/core';
import { checkOp, issuesAt } from '@bnfree/integer-kernels';
import { integerizeMerge } from '../layers/integerizeMerge.js';
import type { CalibratedMerge, FrozenMerge } from '../layers/stages.js';
import type { Pass, LayerContext } from './pass.js';

/**
 * Turns a merge into integers, for good.
 *
 * @throws BnfreeError with the op's issues, among them ACCUMULATOR_OVERFLOW
 */
export function freezeMerge(): Pass<CalibratedMerge, FrozenMerge, LayerContext> {
  return {
    name: 'freezeMerge',
    settings: '',
    run: (merge, context) => {
      const frozen = integerizeMerge(merge, context.training.inputGrids);
      throwIfIssues(frozen.nodes.flatMap(({ name, op }) => issuesAt(`layer "${name}"`, checkOp(op))));
      return Promise.resolve(frozen);
    },
  };
}
