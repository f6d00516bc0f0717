import { throwIfIssues } from '@bnfree/core';
import { checkOp, issuesAt } from '@bnfree/integer-kernels';
import { integerizeLayer } from '../layers/integerizeLayer.js';
import type { FrozenLayer, QuantizableLayer } from '../layers/stages.js';
import type { LayerPass } from './pass.js';

/**
 * Turns a layer into integers, for good.
 *
 * @throws BnfreeError with the op's issues, among them ACCUMULATOR_OVERFLOW with the layer and channel
 */
export function freezeLayer(): LayerPass<QuantizableLayer, FrozenLayer> {
  return {
    name: 'freezeLayer',
    settings: '',
    run: (layer, context) => {
      const frozen = integerizeLayer(layer, context.training.inputGrid);
      throwIfIssues(frozen.nodes.flatMap(({ name, op }) => issuesAt(`layer "${name}"`, checkOp(op))));
      return Promise.resolve(frozen);
    },
  };
}
