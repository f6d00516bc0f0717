import { unknownKeys } from '@bnfree/integer-kernels';
import * as tf from '@tensorflow/tfjs-core';
import { defaultBackend, throwIfIssues, type Issue } from '@bnfree/core';
import type { KernelBackend } from '@bnfree/integer-kernels';
import type { CheckpointStore } from '../checkpoint/checkpointStore.js';
import { canonicalJson, type JsonValue } from '../checkpoint/canonicalJson.js';
import { folderCheckpoints } from '../checkpoint/folderCheckpoints.js';
import { checkFingerprint } from '../checkpoint/runFingerprint.js';
import { changesImages } from '../data/augmentation.js';
import { createBatches, type Batches } from '../data/batches.js';
import { createImagePool } from '../data/createImagePool.js';
import type { ImagePool } from '../data/imagePool.js';
import { headOf, type ImageSequence } from '../data/imageSequence.js';
import { openImages } from '../data/openData.js';
import { splitPool } from '../data/splitPool.js';
import { calibrateMerge } from '../passes/calibrateMerge.js';
import { checkPlan } from '../plan/checkPlan.js';
import type { StudentPlan } from '../plan/studentPlan.js';
import { openGraphTeacher } from '../teacher/graphModel/openGraphTeacher.js';
import { isGraphModel } from '../teacher/graphModel/tfjsGraphModel.js';
import { openTeacher } from '../teacher/openTeacher.js';
import { whileRead } from '../teacher/readTeacher.js';
import type { Teacher } from '../teacher/teacher.js';
import { isLayersModel } from '../teacher/tfjsLayersModel.js';
import { defaultMemoryBytes, valueBudget, type ValueBudget } from '../training/valueBudget.js';
import { recipeKeys, type Recipe } from './recipe.js';
import { runKeys, type RunOptions } from './runOptions.js';
import { trainingKernelIssues } from './trainingKernelIssues.js';

/** Everything that a run needs, checked and opened. */
export interface PreparedRun {
  readonly teacher: Teacher;
  readonly plan: StudentPlan;
  readonly seed: number;
  readonly batchSize: number;
  readonly budget: ValueBudget;
  /** All training images as they came. */
  readonly training: ImagePool;
  /** Held-out images as they came. */
  readonly validation: ImagePool;
  /** Augmented images on which layers are fitted, in batches of whole steps; each once where nothing changes them. */
  readonly fitSet: ImageSequence;
  /** Held-out images, augmented once: the teacher has seen the plain ones. */
  readonly fitValidation: ImagePool;
  readonly backend: KernelBackend;
  readonly store: CheckpointStore | undefined;
  readonly isResumed: boolean;
}

/** Checks all options, opens teacher, data and checkpoint, in an order that finds cheap mistakes first. */
export async function prepareRun(recipe: Recipe, options: RunOptions): Promise<PreparedRun> {
  throwIfIssues([
    ...unknownKeys(recipe, recipeKeys, 'Distiller', 'UNKNOWN_OPTION'),
    ...unknownKeys(options, runKeys, 'run', 'UNKNOWN_OPTION'),
    ...numberIssues(recipe, options),
    ...trainingKernelIssues(),
  ]);
  const teacher = await asTeacher(options.teacher);
  const plan = recipe.plan(teacher);
  throwIfIssues(checkPlan(plan, teacher));
  throwIfIssues(recipe.block?.issuesOf(plan) ?? []);
  const store =
    typeof options.checkpoint === 'string' ? folderCheckpoints(options.checkpoint) : options.checkpoint;
  await store?.assertWritable();
  const seed = options.seed ?? 0;
  const batchSize = recipe.batchSize ?? 64;
  const { training, validation } = await openPools(plan, options);
  const state =
    store === undefined
      ? 'new'
      : await checkFingerprint(store, fingerprint(recipe, plan, teacher, training, validation, seed));
  return {
    teacher,
    plan,
    seed,
    batchSize,
    budget: valueBudget(options.memoryBytes ?? defaultMemoryBytes),
    training,
    validation,
    fitSet: fitSequence(recipe, plan, training, seed),
    fitValidation: augmented(
      fitBatches(recipe, plan, validation, seed, 'validation-set'),
      validation,
      Math.ceil(validation.count / batchSize),
    ),
    backend: options.backend ?? defaultBackend(),
    store,
    isResumed: state === 'same',
  };
}

async function asTeacher(teacher: RunOptions['teacher']): Promise<Teacher> {
  if (isGraphModel(teacher)) return openGraphTeacher(teacher);
  if (!isLayersModel(teacher)) return teacher;
  return whileRead(teacher, () => openTeacher(teacher));
}

async function openPools(
  plan: StudentPlan,
  options: RunOptions,
): Promise<{ training: ImagePool; validation: ImagePool }> {
  const classes = plan.nodes.find(({ name }) => name === plan.outputs[0])?.outputShape.at(-1);
  const { inputs } = plan;
  const common = {
    ...(inputs.length === 1
      ? { shape: inputs[0].shape }
      : { inputs: Object.fromEntries(inputs.map(({ name, shape }) => [name, shape])) }),
    ...(classes === undefined ? {} : { classes }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  const all = await openImages(options.data, {
    ...common,
    ...(options.maxImages === undefined ? {} : { maxImages: options.maxImages }),
  });
  if (options.validation !== undefined)
    return { training: all, validation: await openImages(options.validation, common) };
  const { train, validation } = splitPool(all);
  return { training: train, validation };
}

/** What must be the same for a checkpoint to be of the same run. */
function fingerprint(
  recipe: Recipe,
  plan: StudentPlan,
  teacher: Teacher,
  training: ImagePool,
  validation: ImagePool,
  seed: number,
): Record<string, string> {
  return {
    teacher: teacher.digest,
    plan: canonicalJson(plan as unknown as JsonValue),
    training: training.digest,
    validation: validation.digest,
    seed: String(seed),
    recipe: recipeText(recipe),
    tfjs: `${tf.version_core} ${tf.getBackend()}`,
  };
}

/** The recipe's numbers, and its passes with their options. */
function recipeText({
  layer,
  merge = calibrateMerge(),
  block,
  tail,
  model,
  batchSize,
  fitImages,
  augmentation,
}: Recipe): string {
  return canonicalJson({
    layer: `${layer.name} ${layer.settings}`,
    merge: `${merge.name} ${merge.settings}`,
    // Absent where there is none: descriptions of runs without blocks stay as they were.
    ...(block === undefined ? {} : { block: `${block.name} ${block.settings}` }),
    tail: tail === undefined ? null : `${tail.name} ${tail.settings}`,
    model: model === undefined ? null : `${model.name} ${model.settings}`,
    batchSize: batchSize ?? 64,
    fitImages: fitImages ?? 6400,
    augmentation: { ...augmentation },
  });
}

function fitBatches(
  { augmentation = {}, batchSize = 64 }: Recipe,
  plan: StudentPlan,
  pool: ImagePool,
  seed: number,
  purpose: string,
): Batches {
  const size = Math.min(batchSize, pool.count);
  const fillValue = plan.inputs[0].zeroPoint;
  return createBatches({ pool, batchSize: size, seed, purpose, augmentation, fillValue });
}

/** The images of many steps; of few images without augmentation, no copies are made. */
function fitSequence(recipe: Recipe, plan: StudentPlan, pool: ImagePool, seed: number): ImageSequence {
  const { augmentation = {}, batchSize = 64, fitImages = 6400 } = recipe;
  const steps = Math.ceil(fitImages / batchSize);
  const batches = fitBatches(recipe, plan, pool, seed, 'fit-set');
  if (changesImages(augmentation, pool.shape)) return { pool: augmented(batches, pool, steps), rows: null };
  const rows = Int32Array.from({ length: steps * batches.batchSize });
  for (let step = 0; step < steps; step += 1) rows.set(batches.indices(step), step * batches.batchSize);
  return headOf({ pool, rows });
}

/** The images of some steps as a pool. */
function augmented(batches: Batches, pool: ImagePool, steps: number): ImagePool {
  const { batchSize } = batches;
  const images = new Uint8Array(steps * batchSize * (pool.images.length / pool.count));
  const labels = pool.labels === null ? null : new Int32Array(steps * batchSize);
  for (let step = 0; step < steps; step += 1) {
    const made = batches.batch(step);
    images.set(made.images, step * made.images.length);
    if (made.labels !== null) labels?.set(made.labels, step * batchSize);
  }
  return createImagePool({ count: steps * batchSize, shape: pool.shape, images, labels });
}

function numberIssues(recipe: Recipe, options: RunOptions): Issue[] {
  const positive: [string, number | undefined, string][] = [
    ['batchSize', recipe.batchSize, 'batchSize: 64'],
    ['fitImages', recipe.fitImages, 'fitImages: 6400'],
    ['maxImages', options.maxImages, 'maxImages: 10000'],
    ['memoryBytes', options.memoryBytes, 'memoryBytes: 2 ** 30'],
    ['checkpointEverySteps', options.checkpointEverySteps, 'checkpointEverySteps: 100'],
  ];
  return positive
    .filter(([, value]) => value !== undefined && !(Number.isInteger(value) && value > 0))
    .map(([path, value, fix]) => ({
      code: 'OPTION_RANGE',
      path,
      message: `got ${String(value)}, expected a whole number above 0`,
      fix,
    }));
}
