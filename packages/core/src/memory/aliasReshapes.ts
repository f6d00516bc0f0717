import type { ActivationSpec } from '@bnfree/integer-kernels';
import type { LaidOutGraph } from './insertRelayouts.js';
import { isContiguous } from './tensorGeometry.js';

/** Which values lie in the memory of another one, and the steps that need not run for it. */
export interface ReshapeAliases {
  /** For every value the one whose memory it uses; itself where it has its own. */
  readonly root: readonly number[];
  /** Positions of reshapes that are done by doing nothing. */
  readonly steps: ReadonlySet<number>;
}

/** Finds reshapes whose operands are both contiguous: the same bytes are the result. */
export function aliasReshapes({ values, steps }: LaidOutGraph): ReshapeAliases {
  const root = values.map((_, index) => index);
  const aliased = new Set<number>();
  steps.forEach(({ op, inputs, output }, step) => {
    if (op.op !== 'reshape') return;
    const [input] = inputs;
    const from = values[input];
    const to = values[output];
    const isSameMemory = [from, to].every(({ tensor, layout }) => isContiguous(tensor, layout));
    if (!isSameMemory || !holdsSameValues(from.tensor, to.tensor)) return;
    root[output] = root[input];
    aliased.add(step);
  });
  return { root, steps: aliased };
}

function holdsSameValues(from: ActivationSpec, to: ActivationSpec): boolean {
  return (['type', 'zeroPoint', 'quantMin', 'quantMax'] as const).every((field) => from[field] === to[field]);
}
