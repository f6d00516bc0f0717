import { throwIfIssues } from '@bnfree/core';
import { freezeAgain } from '../graph/freezeAgain.js';
import type { FrozenUnit } from '../layers/stages.js';
import { planWithMoreBits, stageIssues, uselessStageIssues, type StageBits } from '../plan/moreBits.js';
import { restoreShadow, storeShadow } from '../run/unitCheckpoint.js';
import { outputStepsAt } from '../training/outputStepsAt.js';
import { regridUnits } from '../training/regridUnits.js';
import { SimulatedStudent } from '../training/simulatedStudent.js';
import { compensateEndToEnd, compensateKeys, type CompensateEndToEndOptions } from './compensateEndToEnd.js';
import type { ModelContext, ModelPass } from './modelPass.js';
import { stageContext, stageName } from './stageContext.js';
import { movingRules } from './trainingRules.js';

/** Bits of a stage before the planned ones, and what is different in its training. */
export interface CompensationStage extends StageBits, Partial<CompensateEndToEndOptions> {}

/** Training images on which the output grids of a stage are chosen. */
const observedImages = 128;

/**
 * Compensates end to end at more bits first, then at fewer, each time from the float weights of the time before, and at last at the
 * planned ones (progressive quantization: Zhuang et al. 2018, arXiv 1711.00205).
 *
 * The result is compared with the student that was given on held-out images; the better of the two is kept.
 *
 * @param stages bits of the stages before the planned ones, most first, each with options of its own where it has some
 * @throws BnfreeError OPTION_WITHOUT_EFFECT when a run is made and no unit of its plan has fewer bits than a stage
 */
export function compensateThroughBits(
  stages: readonly CompensationStage[],
  options: CompensateEndToEndOptions,
): ModelPass {
  throwIfIssues(stageIssues(stages, 'throughBits', compensateKeys));
  const passes = stages.map(({ weights: _, activations: __, ...own }) =>
    compensateEndToEnd({ ...options, ...own }),
  );
  const moving = movingRules(options);
  // Without steps at the planned bits, rules are for the stages alone.
  const last = compensateEndToEnd(
    options.steps > 0
      ? options
      : { ...options, ...Object.fromEntries(moving.map((key) => [key, undefined])) },
  );
  return {
    name: 'compensateThroughBits',
    settings: JSON.stringify([...stages.map((stage, i) => [stage, passes[i].settings]), last.settings]),
    async run(units, context) {
      throwIfIssues(uselessStageIssues(context.plan, stages, 'throughBits'));
      let current = units;
      for (const [index, stage] of stages.entries()) {
        const plan = planWithMoreBits(context.plan, stage);
        const steps = await outputStepsAt(plan, units, context, observedImages);
        const own = stageContext({ ...context, plan }, stageName(index, stage));
        current = await trainedAt(regridUnits(plan, current, units, steps), passes[index], own);
      }
      const made = await last.run(regridUnits(context.plan, current, units, new Map()), context);
      const [before, after] = [await lossOf(units, context, options), await lossOf(made, context, options)];
      // A bound holds for what was made, not for what was given.
      return after < before || options.accumulatorBits !== undefined ? made : units;
    },
  };
}

/** What a stage leaves, from the checkpoint where it has ended. */
async function trainedAt(
  units: readonly FrozenUnit[],
  pass: ModelPass,
  context: ModelContext,
): Promise<readonly FrozenUnit[]> {
  const result = context.progress('result');
  const file = await result.read();
  if (file !== undefined) {
    return freezeAgain(context.plan, units, (unit, inputs) =>
      restoreShadow(
        unit.plan,
        file.tensors,
        inputs,
        unit.shadow.stage === 'fitted' ? unit.shadow.fit : undefined,
      ),
    );
  }
  const trained = await pass.run(units, context);
  const tensors = Object.assign({}, ...trained.map(storeShadow)) as ReturnType<typeof storeShadow>;
  await result.write({ metadata: {}, tensors });
  await context.progress(pass.name).clear();
  return trained;
}

async function lossOf(
  units: readonly FrozenUnit[],
  context: ModelContext,
  { validationImages = 512, labelWeight = 0 }: CompensateEndToEndOptions,
): Promise<number> {
  const student = new SimulatedStudent(units, context, { labelWeight, tapWeight: 0 });
  const loss = await student.ownLoss(validationImages);
  student.close();
  return loss;
}
