import { BnfreeError, type Issue } from '@bnfree/core';
import { foldNormalization } from '../layers/foldNormalization.js';
import type { Teacher } from '../teacher/teacher.js';
import { defaultCode, nearestWeight, weightGrid } from '../training/weightGrid.js';
import { searchWeightStep } from '../training/weightStepSearch.js';
import { planCost } from './planCost.js';
import type { LayerChooser } from './planOptions.js';
import type { PlannedLayer, StudentPlan } from './studentPlan.js';

/** What weights may cost in all. */
export interface BitBudget {
  /** Packed weights and biases, in bytes. */
  readonly byteLength?: number;
  /** Multiply-accumulates of an image times the bits of their weights, added up. */
  readonly bitMacs?: number;
  /** Bits to choose from; 2, 3, 4, 6 and 8 by default. */
  readonly bits?: readonly number[];
}

/** Bits of one layer's weights, and what goes with them. */
interface Choice {
  readonly bits: number;
  readonly noise: number;
}

/**
 * Bits of each layer's weights within a budget, as the `layers` option of a plan: those with the least noise in all.
 *
 * Noise is the squared error of a layer's rounded weights over their power, added over layers. From the most bits on, the layer gives
 * up bits that loses least for what it saves (Shoham and Gersho 1988, Efficient bit allocation for an arbitrary set of
 * quantizers). No data is looked at. `plan` is the student's at any bits; its other settings stay as they are.
 * @throws BnfreeError OPTION_RANGE where the budget is below what the fewest bits take
 */
export function allocateBits(teacher: Teacher, plan: StudentPlan, budget: BitBudget): LayerChooser {
  const levels = [...new Set(budget.bits ?? [2, 3, 4, 6, 8])].sort((a, b) => b - a);
  const layers = plan.nodes.filter((node) => node.kind === 'layer');
  const choices = new Map(
    layers.map((layer) => [
      layer.name,
      levels.map((bits) => ({ bits, noise: weightNoise(teacher, layer, bits) })),
    ]),
  );
  const chosen = new Map([...choices].map(([name, [most]]) => [name, most]));
  while (isOver(plan, chosen, budget)) {
    const next = bestStep(plan, choices, chosen, budget);
    if (next === null) throw new BnfreeError([tooSmall(plan, chosen, budget)]);
    chosen.set(next.name, next.choice);
  }
  return ({ name }) => {
    const choice = chosen.get(name);
    return choice === undefined ? undefined : { weights: { bits: choice.bits } };
  };
}

/** Least squared error of the weights on a grid of so many bits, over their power. */
function weightNoise(teacher: Teacher, layer: PlannedLayer, bits: number): number {
  const { kernel } = foldNormalization(teacher, layer);
  const grid = weightGrid(bits, defaultCode(bits));
  const step = searchWeightStep(kernel, grid);
  let error = 0;
  let power = 0;
  for (const weight of kernel) {
    error += (weight - nearestWeight(weight / step, grid) * step) ** 2;
    power += weight ** 2;
  }
  return power === 0 ? 0 : error / power;
}

/** Costs over their budgets, the worst of them; at most 1 is within. */
function load(plan: StudentPlan, chosen: ReadonlyMap<string, Choice>, budget: BitBudget): number {
  const nodes = plan.nodes.map((node) => {
    const choice = chosen.get(node.name);
    return node.kind !== 'layer' || choice === undefined
      ? node
      : { ...node, weights: { ...node.weights, bits: choice.bits } };
  });
  const cost = planCost({ ...plan, nodes });
  const bitMacs = cost.layers.reduce((sum, { macs, weightBits }) => sum + macs * weightBits, 0);
  return Math.max(
    budget.byteLength === undefined ? 0 : cost.byteLength / budget.byteLength,
    budget.bitMacs === undefined ? 0 : bitMacs / budget.bitMacs,
  );
}

function isOver(plan: StudentPlan, chosen: ReadonlyMap<string, Choice>, budget: BitBudget): boolean {
  return load(plan, chosen, budget) > 1;
}

/** The layer and the fewer bits that add least noise for what they save. */
function bestStep(
  plan: StudentPlan,
  choices: ReadonlyMap<string, readonly Choice[]>,
  chosen: ReadonlyMap<string, Choice>,
  budget: BitBudget,
): { readonly name: string; readonly choice: Choice } | null {
  const now = load(plan, chosen, budget);
  let best: { readonly name: string; readonly choice: Choice; readonly price: number } | null = null;
  for (const [name, own] of choices) {
    const current = chosen.get(name);
    if (current === undefined) continue;
    for (const choice of own.filter(({ bits }) => bits < current.bits)) {
      const saved = now - load(plan, new Map(chosen).set(name, choice), budget);
      const price = Math.max(0, choice.noise - current.noise) / saved;
      if (saved > 0 && (best === null || price < best.price)) best = { name, choice, price };
    }
  }
  return best;
}

function tooSmall(plan: StudentPlan, chosen: ReadonlyMap<string, Choice>, budget: BitBudget): Issue {
  const times = load(plan, chosen, budget);
  const [name, value] =
    budget.byteLength === undefined ? ['bitMacs', budget.bitMacs ?? 0] : ['byteLength', budget.byteLength];
  return {
    code: 'OPTION_RANGE',
    path: `allocateBits.${name}`,
    message: `got ${value}, expected at least ${Math.ceil(value * times)}, which the fewest bits take`,
    fix: `${name}: ${Math.ceil(value * times)}, or fewer bits to choose from: bits: [1, 2, 4, 8]`,
  };
}
