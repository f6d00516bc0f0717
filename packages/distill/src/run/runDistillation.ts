import * as tf from '@tensorflow/tfjs-core';
import { BnfreeError, encodeArtifact, sha256Hex, withSelfTest, type IntegerGraph } from '@bnfree/core';
import { assembleGraph } from '../graph/assembleGraph.js';
import { gridsOf } from '../graph/valueGrids.js';
import { fromDyadic } from '../layers/dyadic.js';
import { isFrozenLayer, type FrozenLayer, type FrozenUnit, type ValueGrid } from '../layers/stages.js';
import type { DistillReport } from '../report/distillReport.js';
import { recordLosses, type LossRecorder } from '../report/lossCurves.js';
import { measureAgreement } from '../report/measureAgreement.js';
import { reportLayer } from '../report/reportLayer.js';
import { reportMerge } from '../report/reportMerge.js';
import { compensateModel } from './compensateModel.js';
import { makeUnits, type MadeUnit, type RunControl } from './makeUnits.js';
import type { PreparedRun } from './prepareRun.js';
import type { Recipe } from './recipe.js';
import type { UnitRecord } from './unitCheckpoint.js';

/** A finished student. */
export interface Student {
  readonly graph: IntegerGraph;
  /** The graph as a file, `model.bnfree`. */
  readonly artifact: Uint8Array;
  readonly report: DistillReport;
}

/** A student without fitting, from the same pipeline: what every report compares with. */
export interface Baseline {
  readonly graph: IntegerGraph;
  readonly ptq: NonNullable<DistillReport['ptq']>;
}

/** Makes the student layer by layer, compensates it end to end, checks it and tells of it. */
export async function runDistillation(
  recipe: Recipe,
  run: PreparedRun,
  given: RunControl,
  baseline: Baseline | null,
): Promise<Student> {
  const startMs = performance.now();
  const losses = recordLosses();
  const control: RunControl = {
    ...given,
    emit(event) {
      losses.hear(event);
      given.emit(event);
    },
  };
  const made = await makeUnits(recipe, run, control);
  const units = await compensateModel(
    recipe,
    run,
    control,
    made.map(({ unit }) => unit),
  );
  const graph = await withSelfTest(assembleGraph(run.plan, units, provenance(run)), { seed: run.seed });
  await assertChecks(recipe, run, graph, units);
  const artifact = encodeArtifact(graph);
  const report = await writeReport(run, control, {
    made,
    units,
    graph,
    artifact,
    baseline,
    startMs,
    losses,
  });
  return { graph, artifact, report };
}

/** The same without a report of its own. */
export async function runBaseline(recipe: Recipe, run: PreparedRun, control: RunControl): Promise<Baseline> {
  const made = await makeUnits(recipe, run, control);
  const graph = assembleGraph(
    run.plan,
    made.map(({ unit }) => unit),
    provenance(run),
  );
  return {
    graph,
    ptq: {
      layers: made.map(({ unit, record }) => ({ name: unit.plan.name, sqnrDb: record.sqnrDb })),
      validation: await measureAgreement(graph, run, control.signal),
    },
  };
}

/** Text for people. Numbers of the tfjs version would be decimal points, so that they are left to the report. */
function provenance({ teacher, seed }: PreparedRun): Record<string, string> {
  return {
    method: 'progressive layer-wise distillation',
    teacher: teacher.name,
    teacherDigest: teacher.digest,
    seed: String(seed),
  };
}

async function assertChecks(
  recipe: Recipe,
  run: PreparedRun,
  graph: IntegerGraph,
  units: readonly FrozenUnit[],
): Promise<void> {
  const { plan, backend, fitValidation: validation } = run;
  const context = { graph, plan, units, validation, backend };
  const found = await Promise.all((recipe.checks ?? []).map((check) => check.run(context)));
  const issues = found.flat();
  if (issues.length > 0) throw new BnfreeError(issues);
}

interface Finished {
  readonly made: readonly MadeUnit[];
  readonly units: readonly FrozenUnit[];
  readonly graph: IntegerGraph;
  readonly artifact: Uint8Array;
  readonly baseline: Baseline | null;
  readonly startMs: number;
  readonly losses: LossRecorder;
}

async function writeReport(
  run: PreparedRun,
  control: RunControl,
  finished: Finished,
): Promise<DistillReport> {
  const { plan, teacher, seed, backend } = run;
  const { made, units, graph, artifact, baseline, startMs, losses } = finished;
  const ptq = baseline?.ptq ?? null;
  const layers = units.filter(isFrozenLayer);
  const recordOf = new Map(made.map(({ unit, record }) => [unit.plan.name, record]));
  const baselineOf = new Map(ptq?.layers.map(({ name, sqnrDb }) => [name, sqnrDb]));
  const told = <Unit extends FrozenUnit>(unit: Unit) => ({
    unit,
    record: recordOf.get(unit.plan.name) as UnitRecord,
    baselineSqnrDb: baselineOf.get(unit.plan.name) ?? null,
  });
  const grids = gridsOf(plan, units);
  const inputScaleOf = ({ plan: { input } }: FrozenLayer): number =>
    fromDyadic((grids.get(input) as ValueGrid).scale);
  return {
    format: 'bnfree-report-1',
    student: {
      name: plan.name,
      bits: {
        weights: layers.map((layer) => layer.plan.weights.bits),
        activations: layers.map((layer) => layer.plan.activations?.bits ?? null),
      },
      inputs: plan.inputs.map(({ name, zeroPoint, scale }) => ({ name, zeroPoint, scale })),
      outputs: plan.outputs,
    },
    teacher: { name: teacher.name, digest: teacher.digest },
    seed,
    tfjs: { version: tf.version_core, backend: tf.getBackend() },
    kernels: backend.name,
    layers: layers.map((layer) => reportLayer(told(layer), inputScaleOf(layer))),
    merges: units.flatMap((unit) => (isFrozenLayer(unit) ? [] : [reportMerge(told(unit))])),
    losses: losses.curves(),
    validation: await measureAgreement(graph, run, control.signal),
    ptq,
    artifact: { bytes: artifact.length, sha256: sha256Hex(artifact), floatBytes: floatBytes(layers) },
    durationMs: performance.now() - startMs,
  };
}

/** What the folded float weights and biases would take. */
function floatBytes(layers: readonly FrozenLayer[]): number {
  return layers.reduce(
    (sum, { shadow }) => sum + 4 * (shadow.parameters.kernel.length + shadow.parameters.bias.length),
    0,
  );
}
