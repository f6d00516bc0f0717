import type { DistillEventListener } from '../events.js';
import { checkpointFileName } from '../checkpoint/checkpointFileName.js';
import { readTensorFile, writeTensorFile } from '../checkpoint/tensorFile.js';
import { trainingProgress } from '../checkpoint/trainingProgress.js';
import type { ImagePool } from '../data/imagePool.js';
import type { ImageSequence } from '../data/imageSequence.js';
import { slicePool } from '../data/splitPool.js';
import type { FrozenUnit } from '../layers/stages.js';
import { calibrateMerge } from '../passes/calibrateMerge.js';
import { freezeMerge } from '../passes/freezeMerge.js';
import type { LayerContext, PassContext } from '../passes/pass.js';
import { pipe } from '../passes/pipe.js';
import { isUnit } from '../plan/studentPlan.js';
import { LayerFeed } from '../training/layerFeed.js';
import { TeacherTail } from '../training/teacherTail.js';
import { makeBlock } from './makeBlock.js';
import { measureQuality } from './layerQuality.js';
import type { PreparedRun } from './prepareRun.js';
import type { Recipe } from './recipe.js';
import { restoreTail, storeTail } from './tailCheckpoint.js';
import { unitFile } from './unitFile.js';
import { decodeUnit, encodeUnit, type UnitRecord } from './unitCheckpoint.js';

/** Held-out images that units are judged by: more cost time at every unit and tell little more. */
const unitValidationImages = 512;

/** A unit and what there is to tell of it. */
export interface MadeUnit {
  readonly unit: FrozenUnit;
  readonly record: UnitRecord;
}

/** What a run adds to its preparation: who listens, and when to stop. */
export interface RunControl {
  readonly emit: DistillEventListener;
  readonly signal: AbortSignal | undefined;
  readonly checkpointEverySteps: number;
}

/**
 * Makes layers and merges one after another. Each sees the integers of the frozen ones before it and aims at the clean
 * teacher. Those that a checkpoint holds are frozen again from it, to the same bytes.
 */
export async function makeUnits(recipe: Recipe, run: PreparedRun, control: RunControl): Promise<MadeUnit[]> {
  const units = run.plan.nodes.filter(isUnit);
  const blocks = recipe.block?.blocksOf(run.plan) ?? [];
  let feeds: Feeds = {
    training: await openFeed(run, run.fitSet),
    validation: await openFeed(run, { pool: heldOut(run), rows: null }),
  };
  /** Where the block that is being made begins. */
  let blockStart = feeds;
  const tail = new TeacherTail(run.teacher, run.plan, run.seed);
  let made: MadeUnit[] = [];
  for (const [index, unit] of units.entries()) {
    const place = { index, count: units.length };
    control.signal?.throwIfAborted();
    control.emit({ type: 'layer-start', layer: unit.name, ...place });
    if (blocks.some((block) => block.units[0] === unit)) blockStart = copyFeeds(feeds);
    const passes = new Set<string>();
    const context = layerContext(run, control, passes, { unit, ...place, ...feeds, tail });
    const { result, isRestored } = await makeOrRestore(recipe, run, context, passes);
    made.push(result);
    const block = blocks.find(({ end }) => end === unit);
    if (block !== undefined && recipe.block !== undefined) {
      feeds = blockStart;
      made = await makeBlock(recipe.block, run, { ...context, ...feeds, block }, made);
      for (const pass of passes) await context.progress(pass).clear();
    } else if (index + 1 < units.length) {
      await feeds.training.advance(result.unit, control.signal);
      await feeds.validation.advance(result.unit, control.signal);
    }
    if (index + 1 < units.length && recipe.tail !== undefined)
      await compensateTail(recipe, run, { ...context, ...feeds });
    const { sqnrDb, durationMs } = made[index].record;
    control.emit({
      type: 'layer-end',
      layer: unit.name,
      ...place,
      sqnrDb,
      durationMs,
      restored: isRestored,
    });
  }
  return made;
}

function openFeed(
  { teacher, plan, backend, budget }: PreparedRun,
  images: ImageSequence,
): Promise<LayerFeed> {
  return LayerFeed.open(teacher, plan, images, backend, budget);
}

/** Images to fit on and held-out images, at one place of the plan. */
type Feeds = Pick<LayerContext, 'training' | 'validation'>;

function copyFeeds({ training, validation }: Feeds): Feeds {
  return { training: training.copy(), validation: validation.copy() };
}

function heldOut({ fitValidation }: PreparedRun): ImagePool {
  return slicePool(fitValidation, 0, Math.min(unitValidationImages, fitValidation.count));
}

async function makeOrRestore(
  recipe: Recipe,
  run: PreparedRun,
  context: LayerContext,
  passes: ReadonlySet<string>,
): Promise<{ result: MadeUnit; isRestored: boolean }> {
  const name = unitFile(context, 'layer');
  const file = run.store === undefined ? undefined : await readTensorFile(run.store, name);
  if (file !== undefined)
    return { result: decodeUnit(context.unit, file, context.training.inputGrids), isRestored: true };
  const startMs = performance.now();
  const unit = await makeUnit(recipe, context);
  const quality = await measureQuality(unit, context.validation);
  const record = { ...quality, durationMs: performance.now() - startMs };
  if (run.store !== undefined) {
    await writeTensorFile(run.store, name, encodeUnit(unit, record));
    context.emit({ type: 'checkpoint', name });
    for (const pass of passes) await context.progress(pass).clear();
  }
  return { result: { unit, record }, isRestored: false };
}

function makeUnit({ layer, merge = calibrateMerge() }: Recipe, context: LayerContext): Promise<FrozenUnit> {
  const { unit } = context;
  return unit.kind === 'layer'
    ? pipe(layer).run(unit, context)
    : pipe(merge, freezeMerge()).run(unit, context);
}

/** The tandem pass behind a frozen unit; its result is a checkpoint of its own. */
async function compensateTail(recipe: Recipe, run: PreparedRun, context: LayerContext): Promise<void> {
  const name = unitFile(context, 'tail-of');
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
  await writeTensorFile(run.store, name, storeTail(context.tail, context.unit.name));
  context.emit({ type: 'checkpoint', name });
  await context.progress('tail').clear();
}

type LayerPlace = Pick<LayerContext, 'unit' | 'index' | 'count' | 'training' | 'validation' | 'tail'>;

/** `passes` is told which passes keep something in the checkpoint while the unit is made. */
function layerContext(
  run: PreparedRun,
  control: RunControl,
  passes: Set<string>,
  place: LayerPlace,
): LayerContext {
  const { teacher, plan, backend } = run;
  return { ...passContext(run, control, passes, place), ...place, teacher, plan, backend };
}

function passContext(
  { seed, batchSize, budget, store }: PreparedRun,
  { emit, signal, checkpointEverySteps }: RunControl,
  passes: Set<string>,
  place: LayerPlace,
): PassContext {
  const { unit } = place;
  return {
    seed,
    batchSize,
    budget,
    emit,
    signal,
    enter(pass) {
      const startMs = performance.now();
      emit({ type: 'pass-start', layer: unit.name, pass });
      return () => {
        emit({ type: 'pass-end', layer: unit.name, pass, durationMs: performance.now() - startMs });
      };
    },
    progress(pass) {
      passes.add(pass);
      return trainingProgress(
        store,
        unitFile(place, `progress-${checkpointFileName(pass)}`),
        checkpointEverySteps,
        (name) => {
          emit({ type: 'checkpoint', name });
        },
      );
    },
  };
}
