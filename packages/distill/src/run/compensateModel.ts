import { checkpointFileName } from '../checkpoint/checkpointFileName.js';
import { readTensorFile, writeTensorFile } from '../checkpoint/tensorFile.js';
import { trainingProgress } from '../checkpoint/trainingProgress.js';
import { freezeAgain } from '../graph/freezeAgain.js';
import type { FrozenUnit } from '../layers/stages.js';
import type { ModelContext } from '../passes/modelPass.js';
import { pipe } from '../passes/pipe.js';
import type { RunControl } from './makeUnits.js';
import type { PreparedRun } from './prepareRun.js';
import type { Recipe } from './recipe.js';
import { restoreShadow, storeShadow } from './unitCheckpoint.js';

const fileName = 'model';

/** Runs the stages over the whole student, or takes their result from the checkpoint. */
export async function compensateModel(
  recipe: Recipe,
  run: PreparedRun,
  control: RunControl,
  units: readonly FrozenUnit[],
): Promise<readonly FrozenUnit[]> {
  if (recipe.model === undefined) return units;
  const file = run.store === undefined ? undefined : await readTensorFile(run.store, fileName);
  if (file !== undefined) return refreeze(run, units, file.tensors);
  const stages = new Set<string>();
  const context = modelContext(recipe, run, control, stages);
  const compensated = await pipe(recipe.model).run(units, context);
  if (run.store !== undefined) {
    const tensors = Object.assign({}, ...compensated.map(storeShadow)) as ReturnType<typeof storeShadow>;
    await writeTensorFile(run.store, fileName, { metadata: {}, tensors });
    control.emit({ type: 'checkpoint', name: fileName });
    for (const stage of stages) await context.progress(stage).clear();
  }
  return compensated;
}

function refreeze(
  { plan }: PreparedRun,
  units: readonly FrozenUnit[],
  tensors: ReturnType<typeof storeShadow>,
): FrozenUnit[] {
  return freezeAgain(plan, units, (unit, inputs) => {
    const fit = unit.shadow.stage === 'fitted' ? unit.shadow.fit : undefined;
    return restoreShadow(unit.plan, tensors, inputs, fit);
  });
}

function modelContext(
  recipe: Recipe,
  run: PreparedRun,
  control: RunControl,
  stages: Set<string>,
): ModelContext {
  const { teacher, plan, seed, batchSize, budget, training, fitValidation, backend, store } = run;
  const { emit, signal, checkpointEverySteps } = control;
  return {
    teacher,
    plan,
    seed,
    batchSize,
    budget,
    training,
    validation: fitValidation,
    augmentation: recipe.augmentation ?? {},
    backend,
    emit,
    signal,
    enter(stage) {
      const startMs = performance.now();
      emit({ type: 'stage-start', stage });
      return () => {
        emit({ type: 'stage-end', stage, durationMs: performance.now() - startMs });
      };
    },
    progress(stage) {
      stages.add(stage);
      return trainingProgress(
        store,
        `progress-${checkpointFileName(stage)}`,
        checkpointEverySteps,
        (name) => {
          emit({ type: 'checkpoint', name });
        },
      );
    },
  };
}
