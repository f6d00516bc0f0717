import { IntegerModel, type IntegerGraph } from '@bnfree/core';
import { headOf } from './data/imageSequence.js';
import type { DistillEvent } from './events.js';
import { calibrateRange } from './passes/calibrateRange.js';
import { correctBias } from './passes/correctBias.js';
import { freezeLayer } from './passes/freezeLayer.js';
import { initializeFromTeacher } from './passes/initializeFromTeacher.js';
import { pipe } from './passes/pipe.js';
import { planNotes } from './plan/planNotes.js';
import { isUnit } from './plan/studentPlan.js';
import type { DistillReport } from './report/distillReport.js';
import { examine, type DryRun } from './run/dryRun.js';
import { prepareRun, type PreparedRun } from './run/prepareRun.js';
import type { Recipe } from './run/recipe.js';
import { runBaseline, runDistillation, type Baseline } from './run/runDistillation.js';
import type { RunControl } from './run/makeUnits.js';
import type { RunOptions } from './run/runOptions.js';

export interface DistillerOptions extends Recipe {
  /** Also makes the student without fitting (PTQ), to compare with; true by default. */
  readonly baseline?: boolean;
}

/** What a run gives. */
export interface DistillResult {
  /** Ready to run; the caller disposes it. */
  readonly model: IntegerModel;
  readonly graph: IntegerGraph;
  /** The file `model.bnfree`; the same bytes for the same seed, data and tfjs backend. */
  readonly artifact: Uint8Array;
  readonly report: DistillReport;
  /** The student without fitting; null when `baseline` is false. */
  readonly baseline: IntegerGraph | null;
}

/** Makes BN-free integer students from tfjs teachers, by a recipe whose parts can be replaced. */
export class Distiller {
  constructor(private readonly options: DistillerOptions) {}

  /** Lists every issue with its fix, and what each layer will cost, before any data is read. */
  dryRun(teacher: RunOptions['teacher']): DryRun {
    return examine(this.options, teacher);
  }

  /**
   * Runs the recipe. The same call with the same checkpoint resumes, to the same bytes.
   *
   * @throws BnfreeError with all issues of options, teacher, plan and data, before the long work begins
   */
  async run(options: RunOptions): Promise<DistillResult> {
    const startMs = performance.now();
    const { baseline: wantsBaseline = true, ...recipe } = this.options;
    const emit = (event: DistillEvent): void => options.onEvent?.(event);
    const control = {
      emit,
      signal: options.signal,
      checkpointEverySteps: options.checkpointEverySteps ?? 100,
    };
    const run = await prepareRun(recipe, options);
    emit({
      type: 'run-start',
      layers: run.plan.nodes.filter(isUnit).map(({ name }) => name),
      resumed: run.isResumed,
      backend: run.backend.name,
    });
    for (const issue of planNotes(run.teacher, run.plan)) emit({ type: 'warning', issue });
    const baseline = wantsBaseline ? await makeBaseline(recipe, run, control) : null;
    const { graph, artifact, report } = await runDistillation(recipe, run, control, baseline);
    const model = await IntegerModel.load(artifact, { backend: run.backend });
    emit({ type: 'run-end', durationMs: performance.now() - startMs });
    return { model, graph, artifact, report, baseline: baseline?.graph ?? null };
  }
}

/** The same plan and pipeline with the fitting left out, told as one stage. */
async function makeBaseline(recipe: Recipe, run: PreparedRun, control: RunControl): Promise<Baseline> {
  const startMs = performance.now();
  control.emit({ type: 'stage-start', stage: 'baseline' });
  const layer = pipe(initializeFromTeacher(), calibrateRange(), correctBias(), freezeLayer());
  const silent = { ...control, emit: () => undefined };
  const { tail: _, model: __, block: ___, ...rest } = recipe;
  const baseline = await runBaseline({ ...rest, layer }, baselineRun(run), silent);
  control.emit({ type: 'stage-end', stage: 'baseline', durationMs: performance.now() - startMs });
  return baseline;
}

/** Calibration looks at few images, and is too short to be worth checkpoints. */
function baselineRun(run: PreparedRun): PreparedRun {
  return { ...run, fitSet: headOf(run.fitSet, 512), store: undefined };
}
