import type { DistillEventListener } from '../events.js';
import { checkpointFileName } from '../checkpoint/checkpointFileName.js';
import { readTensorFile, writeTensorFile } from '../checkpoint/tensorFile.js';
import { trainingProgress } from '../checkpoint/trainingProgress.js';
import type { ImagePool } from '../data/imagePool.js';
import { slicePool } from '../data/splitPool.js';
import type { FrozenLayer } from '../layers/stages.js';
import type { LayerContext, PassContext } from '../passes/pass.js';
import { pipe } from '../passes/pipe.js';
import type { PlannedLayer } from '../plan/studentPlan.js';
import { LayerFeed } from '../training/layerFeed.js';
import { TeacherTail } from '../training/teacherTail.js';
import { decodeLayer, encodeLayer, type LayerRecord } from './layerCheckpoint.js';
import { measureSqnrDb } from './layerQuality.js';
import type { PreparedRun } from './prepareRun.js';
import type { Recipe } from './recipe.js';
import { restoreTail, storeTail } from './tailCheckpoint.js';

/** Held-out images that layers are judged by: more cost time at every layer and tell little more. */
const layerValidationImages = 512;

/** A layer and what there is to tell of it. */
export interface MadeLayer {
  readonly layer: FrozenLayer;
  readonly record: LayerRecord;
}

/** What a run adds to its preparation: who listens, and when to stop. */
export interface RunControl {
  readonly emit: DistillEventListener;
  readonly signal: AbortSignal | undefined;
  readonly checkpointEverySteps: number;
}

/**
 * Makes the layers one after another. Each sees the integers of the frozen ones before it and aims at the clean teacher.
 * Layers that a checkpoint holds are frozen again from it, to the same bytes.
 */
export async function makeLayers(
  recipe: Recipe,
  run: PreparedRun,
  control: RunControl,
): Promise<MadeLayer[]> {
  const layers = run.plan.nodes.filter((node) => node.kind === 'layer');
  const training = await LayerFeed.open(run.teacher, run.plan, run.fitSet, run.backend);
  const validation = await LayerFeed.open(run.teacher, run.plan, heldOut(run), run.backend);
  const tail = new TeacherTail(run.teacher, run.plan);
  const made: MadeLayer[] = [];
  for (const [index, layer] of layers.entries()) {
    control.signal?.throwIfAborted();
    control.emit({ type: 'layer-start', layer: layer.name, index, count: layers.length });
    const context = layerContext(run, control, {
      layer,
      index,
      count: layers.length,
      training,
      validation,
      tail,
    });
    const { result, isRestored } = await makeOrRestore(recipe, run, context);
    made.push(result);
    if (index + 1 < layers.length) {
      await training.advance(result.layer, control.signal);
      await validation.advance(result.layer, control.signal);
      if (recipe.tail !== undefined) await compensateTail(recipe, run, context);
    }
    const { sqnrDb, durationMs } = result.record;
    control.emit({
      type: 'layer-end',
      layer: layer.name,
      index,
      count: layers.length,
      sqnrDb,
      durationMs,
      restored: isRestored,
    });
  }
  return made;
}

function heldOut({ fitValidation }: PreparedRun): ImagePool {
  return slicePool(fitValidation, 0, Math.min(layerValidationImages, fitValidation.count));
}

async function makeOrRestore(
  recipe: Recipe,
  run: PreparedRun,
  context: LayerContext,
): Promise<{ result: MadeLayer; isRestored: boolean }> {
  const name = layerFile(context, 'layer');
  const file = run.store === undefined ? undefined : await readTensorFile(run.store, name);
  if (file !== undefined)
    return { result: decodeLayer(context.layer, file, context.training.inputGrid), isRestored: true };
  const startMs = performance.now();
  const layer = await pipe(recipe.layer).run(context.layer, context);
  const sqnrDb = await measureSqnrDb(layer, context.validation);
  const record = { sqnrDb, durationMs: performance.now() - startMs };
  if (run.store !== undefined) {
    await writeTensorFile(run.store, name, encodeLayer(layer, record));
    context.emit({ type: 'checkpoint', name });
    await context.progress('fit').clear();
  }
  return { result: { layer, record }, isRestored: false };
}

/** The tandem pass behind a frozen layer; its result is a checkpoint of its own. */
async function compensateTail(recipe: Recipe, run: PreparedRun, context: LayerContext): Promise<void> {
  const name = layerFile(context, 'tail-of');
  const file = run.store === undefined ? undefined : await readTensorFile(run.store, name);
  if (file !== undefined) {
    restoreTail(context.tail, file);
    return;
  }
  if (recipe.tail === undefined) return;
  const leave = context.enter(recipe.tail.name);
  await recipe.tail.run(context);
  leave();
  if (run.store === undefined) return;
  await writeTensorFile(run.store, name, storeTail(context.tail, context.layer.name));
  context.emit({ type: 'checkpoint', name });
  await context.progress('tail').clear();
}

function layerFile({ index, layer }: Pick<LayerContext, 'index' | 'layer'>, kind: string): string {
  return `${kind}-${String(index).padStart(3, '0')}-${checkpointFileName(layer.name)}`;
}

type LayerPlace = Pick<LayerContext, 'layer' | 'index' | 'count' | 'training' | 'validation' | 'tail'>;

function layerContext(run: PreparedRun, control: RunControl, place: LayerPlace): LayerContext {
  const { teacher, plan, backend } = run;
  return { ...passContext(run, control, place.layer, place), ...place, teacher, plan, backend };
}

function passContext(
  { seed, batchSize, store }: PreparedRun,
  { emit, signal, checkpointEverySteps }: RunControl,
  layer: PlannedLayer,
  place: LayerPlace,
): PassContext {
  return {
    seed,
    batchSize,
    emit,
    signal,
    enter(pass) {
      const startMs = performance.now();
      emit({ type: 'pass-start', layer: layer.name, pass });
      return () => {
        emit({ type: 'pass-end', layer: layer.name, pass, durationMs: performance.now() - startMs });
      };
    },
    progress: (pass) =>
      trainingProgress(store, layerFile(place, `progress-${pass}`), checkpointEverySteps, (name) => {
        emit({ type: 'checkpoint', name });
      }),
  };
}
