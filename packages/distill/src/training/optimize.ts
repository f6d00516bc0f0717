import * as tf from '@tensorflow/tfjs-core';
import { storedFloats } from '../checkpoint/storedTensor.js';
import type { TrainingProgress } from '../checkpoint/trainingProgress.js';
import { createAdam, disposeAdam, stepAdam, type AdamState } from './adam.js';
import { cosineSchedule } from './learningRate.js';
import type { Changes, RuleState, TrainingRule } from './trainingRule.js';
import { yieldToEventLoop } from './yieldToEventLoop.js';

/** A tensor to be trained. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
  /** Adam's rate at the top of the schedule; 0 keeps the parameter as it is. */
  readonly learningRate: number;
}

/** Named tensors, valid during one call. */
export type ParameterTensors = Readonly<Record<string, tf.Tensor>>;

export interface Optimization {
  readonly parameters: readonly Parameter[];
  readonly steps: number;
  readonly warmUpSteps: number;
  /** Differentiable loss of one step; a scalar. `share`: of all steps, how many were made, 0 to below 1. */
  readonly loss: (tensors: ParameterTensors, batch: readonly tf.Tensor[], share: number) => tf.Scalar;
  /** Tensors of a step's batch: a function of the step number alone. Disposed after the step. */
  readonly batch: (step: number) => Promise<tf.Tensor[]>;
  /** Loss on held-out images; the lowest wins. */
  readonly validate: (tensors: ParameterTensors) => Promise<number>;
  /** Validation happens before the first step, every so many steps and after the last. */
  readonly validateEvery: number;
  /**
   * Decay of a running mean of the parameters, which is then what is validated and kept (Polyak averaging); the parameters
   * themselves where it is left out.
   */
  readonly averageDecay?: number;
  /** What training is held to beside its loss; nothing where it is left out. */
  readonly rule?: TrainingRule;
  /** Stops after so many validations in a row without a new best. */
  readonly patience?: number;
  readonly onStep: (step: number, loss: number) => void;
  readonly signal: AbortSignal | undefined;
  readonly progress: TrainingProgress;
}

export interface Optimum {
  /** The parameters of the best validation, as the rule shows them at the end. */
  readonly parameters: Readonly<Record<string, Float32Array>>;
  readonly lossBefore: number;
  readonly lossAfter: number;
  /** Steps that were run, fewer than planned when patience ended. */
  readonly steps: number;
}

interface RunState {
  step: number;
  lossBefore: number;
  bestLoss: number;
  misses: number;
  best: Float32Array[];
  tensors: tf.Tensor[];
  /** Running means; empty where nothing is averaged. */
  averages: tf.Tensor[];
  adam: AdamState;
  /** The rule's memory. */
  memory: Record<string, tf.Tensor>;
}

/** Minimises a loss by Adam and keeps the best held-out result; resumes from its checkpoint to the same bytes. */
export async function optimize(given: Optimization): Promise<Optimum> {
  const job = { ...given, parameters: [...given.parameters, ...(given.rule?.parameters ?? [])] };
  const state = (await restore(job)) ?? (await begin(job));
  try {
    while (state.step < job.steps && !isOutOfPatience(job, state)) {
      if (job.signal?.aborted === true) {
        await save(job, state);
        job.signal.throwIfAborted();
      }
      await trainStep(job, state);
      if (state.step % job.validateEvery === 0 || state.step === job.steps) await keepBest(job, state);
      if (job.progress.isDue(state.step) && state.step < job.steps) await save(job, state);
      await yieldToEventLoop();
    }
    return {
      parameters: Object.fromEntries(job.parameters.map(({ name }, i) => [name, state.best[i]])),
      lossBefore: state.lossBefore,
      lossAfter: state.bestLoss,
      steps: state.step,
    };
  } finally {
    tf.dispose([...state.tensors, ...state.averages, ...Object.values(state.memory)]);
    disposeAdam(state.adam);
  }
}

function isOutOfPatience({ patience }: Optimization, { misses }: RunState): boolean {
  return patience !== undefined && misses >= patience;
}

async function begin(job: Optimization): Promise<RunState> {
  const tensors = job.parameters.map(({ values, shape }) => tf.tensor(values, [...shape], 'float32'));
  project(job, tensors);
  const state: RunState = {
    step: 0,
    lossBefore: 0,
    bestLoss: Infinity,
    misses: 0,
    best: job.parameters.map(({ values }) => values),
    tensors,
    averages: job.averageDecay === undefined ? [] : tensors.map((tensor) => tensor.clone()),
    adam: createAdam(tensors),
    memory: tf.tidy(() => ({ ...job.rule?.begin?.(named(job, tensors)) })),
  };
  await keepBest(job, state);
  return { ...state, lossBefore: state.bestLoss, misses: 0 };
}

async function trainStep(job: Optimization, state: RunState): Promise<void> {
  const batch = await job.batch(state.step);
  const share = state.step / job.steps;
  const { value, grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) =>
    job.loss(seen(job, tensors, state.memory, share), batch, share),
  )(state.tensors);
  const factor = cosineSchedule(state.step, job.steps, job.warmUpSteps);
  const rates = job.parameters.map(({ learningRate }) => learningRate * factor);
  stepAdam(state.tensors, grads, state.adam, state.step, rates);
  project(job, state.tensors);
  observe(job, state);
  updateAverages(job, state);
  const [loss] = await value.data();
  tf.dispose([value, ...grads, ...batch]);
  job.onStep(state.step, loss);
  state.step += 1;
}

/** Replaces, in place, the tensors that are not where they may be. */
function project(job: Optimization, tensors: tf.Tensor[]): void {
  const moved = tf.tidy(() => ({ ...job.rule?.project?.(named(job, tensors)) }));
  job.parameters.forEach(({ name }, i) => {
    if (!Object.hasOwn(moved, name)) return;
    tensors[i].dispose();
    tensors[i] = moved[name];
  });
}

/** Brings the rule's memory behind the step that was just made. */
function observe(job: Optimization, { tensors, memory, step }: RunState): void {
  const share = (step + 1) / job.steps;
  const changes = tf.tidy(() => ({ ...job.rule?.observe?.(named(job, tensors), memory, share) }));
  for (const [name, tensor] of Object.entries(changes)) {
    memory[name].dispose();
    memory[name] = tensor;
  }
}

/** The mean follows quickly at first: it forgets where training began. */
function updateAverages({ averageDecay = 0 }: Optimization, state: RunState): void {
  const decay = Math.min(averageDecay, (1 + state.step) / (10 + state.step));
  state.averages = state.averages.map((average, i) => {
    const next = tf.tidy(() => tf.add(tf.mul(average, decay), tf.mul(state.tensors[i], 1 - decay)));
    average.dispose();
    return next;
  });
}

async function keepBest(job: Optimization, state: RunState): Promise<void> {
  const { tensors, averages, memory } = state;
  // What the rule moves is made here and disposed here; the rest is the state's own.
  const own = (averages.length > 0 ? averages : tensors).map((tensor) => tensor.clone());
  if (averages.length > 0) project(job, own);
  const changes = tf.tidy((): Changes => ({ ...job.rule?.view?.(named(job, own), memory, 1) }));
  const candidates = { ...named(job, own), ...changes };
  // float32, as the checkpoint stores it: the comparison after a resume must see the very same number
  const loss = Math.fround(await job.validate(candidates));
  if (loss < state.bestLoss) {
    state.bestLoss = loss;
    state.best = await Promise.all(
      job.parameters.map(async ({ name }) => (await candidates[name].data()).slice() as Float32Array),
    );
    state.misses = 0;
  } else {
    state.misses += 1;
  }
  tf.dispose([...own, ...Object.values(changes)]);
}

function named(job: Optimization, tensors: readonly tf.Tensor[]): ParameterTensors {
  return Object.fromEntries(job.parameters.map(({ name }, i) => [name, tensors[i]]));
}

/** The parameters as the loss sees them. */
function seen(
  job: Optimization,
  tensors: readonly tf.Tensor[],
  memory: RuleState,
  share: number,
): ParameterTensors {
  const own = named(job, tensors);
  return { ...own, ...job.rule?.view?.(own, memory, share) };
}

async function save(job: Optimization, state: RunState): Promise<void> {
  const read = async (tensor: tf.Tensor): Promise<Float32Array> =>
    (await tensor.data()).slice() as Float32Array;
  const tensors: Record<string, { shape: readonly number[]; values: Float32Array }> = {};
  for (const [i, { name, shape }] of job.parameters.entries()) {
    tensors[`${name}/value`] = { shape, values: await read(state.tensors[i]) };
    tensors[`${name}/first`] = { shape, values: await read(state.adam.firstMoments[i]) };
    tensors[`${name}/second`] = { shape, values: await read(state.adam.secondMoments[i]) };
    tensors[`${name}/best`] = { shape, values: state.best[i] };
    if (state.averages.length > 0)
      tensors[`${name}/average`] = { shape, values: await read(state.averages[i]) };
  }
  for (const [name, tensor] of Object.entries(state.memory)) {
    tensors[`memory/${name}`] = { shape: tensor.shape, values: await read(tensor) };
  }
  tensors['losses'] = { shape: [2], values: Float32Array.of(state.lossBefore, state.bestLoss) };
  await job.progress.write({ metadata: { step: state.step, misses: state.misses }, tensors });
}

async function restore(job: Optimization): Promise<RunState | undefined> {
  const file = await job.progress.read();
  if (file === undefined) return undefined;
  const values = (name: string): Float32Array => storedFloats(file.tensors, name);
  const load = (kind: string): tf.Tensor[] =>
    job.parameters.map(({ name, shape }) => tf.tensor(values(`${name}/${kind}`), [...shape], 'float32'));
  const [lossBefore, bestLoss] = values('losses');
  return {
    step: file.metadata['step'] as number,
    misses: file.metadata['misses'] as number,
    lossBefore: lossBefore,
    bestLoss: bestLoss,
    best: job.parameters.map(({ name }) => values(`${name}/best`)),
    tensors: load('value'),
    averages: job.averageDecay === undefined ? [] : load('average'),
    adam: { firstMoments: load('first'), secondMoments: load('second') },
    memory: Object.fromEntries(
      Object.entries(file.tensors)
        .filter(([name]) => name.startsWith('memory/'))
        .map(([name, { shape }]) => [
          name.slice('memory/'.length),
          tf.tensor(values(name), [...shape], 'float32'),
        ]),
    ),
  };
}
