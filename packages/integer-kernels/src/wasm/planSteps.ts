import type { Arena, PlacedOp } from '../backend.js';
import { BnfreeError, throwIfIssues } from '../errors.js';
import { checkReserved } from '../memory/checkReserved.js';
import { checkViews } from '../memory/checkViews.js';
import { chooseKernel } from './kernels.js';
import type { PlannedOp } from './prepareSteps.js';
import { scratchByteLength } from './scratch.js';
import type { KernelTarget } from './wasmKernel.js';

/** Checks all places, then plans every op in the layouts that it got. Throws FOREIGN_ARENA, VIEW_OUT_OF_BOUNDS. */
export function planSteps(
  placed: readonly PlacedOp[],
  memories: WeakMap<Arena, WebAssembly.Memory>,
  target: KernelTarget,
  threads: number,
): PlannedOp[] {
  if (placed.some(({ views }) => !memories.has(views.arena))) throw foreignArena();
  throwIfIssues(placed.flatMap(({ op, views }) => checkViews(op, views)));
  const steps = placed.map(({ name, op, views }): PlannedOp => {
    const inputs = views.inputs.map(({ layout }) => layout);
    const plan = chooseKernel(op, target).plan(op, { inputs, output: views.output.layout }, target);
    return { ...(name === undefined ? {} : { name }), op, views, plan };
  });
  throwIfIssues(
    steps.flatMap(({ plan, views }) => {
      const { constantBytes } = plan;
      return checkReserved({ constantBytes, scratchBytes: scratchByteLength(plan, threads) }, views);
    }),
  );
  return steps;
}

function foreignArena(): BnfreeError {
  return new BnfreeError([
    {
      code: 'FOREIGN_ARENA',
      path: 'views.arena',
      message: 'got an arena of another backend, expected one that this backend allocated',
      fix: 'call allocate() of the backend that prepares the op',
    },
  ]);
}
