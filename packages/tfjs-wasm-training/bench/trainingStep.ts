/**
 * Measures training steps of a small AlexNet on tfjs-backend-wasm, with and without the training kernels.
 *
 * npx tsx --conditions=@bnfree/source packages/tfjs-wasm-training/bench/trainingStep.ts
 *   [--batch 64] [--steps 5] [--threads 2] [--cpu] [--json]
 */
import { parseArgs } from 'node:util';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
// For the gradient functions, which registerGradients() finds only in the built package.
import '@tensorflow/tfjs-layers';
import { median } from 'd3-array';
import { installTrainingKernels, startThreadedBackend, trainingKernels } from '../src/index.js';
import { alexNetLike } from './alexNetLike.js';

interface Figure {
  readonly name: string;
  readonly batch: number;
  readonly steps: number;
  /** Medians. With one thread the processor time is what a quiet machine would take. */
  readonly stepMs: { readonly wall: number; readonly processor: number };
  readonly imagesPerSecond: { readonly wall: number; readonly processor: number };
}

const { values: options } = parseArgs({
  options: {
    batch: { type: 'string', default: '64' },
    steps: { type: 'string', default: '5' },
    threads: { type: 'string', default: '1' },
    cpu: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

/** Times steps, after one that is not counted. */
function measure(name: string, batch: number, steps: number): Figure {
  const net = alexNetLike(batch);
  net.step();
  const wall: number[] = [];
  const processor: number[] = [];
  for (let step = 0; step < steps; step++) {
    const [start, startUsage] = [performance.now(), process.cpuUsage()];
    net.step();
    wall.push(performance.now() - start);
    const { user, system } = process.cpuUsage(startUsage);
    processor.push((user + system) / 1000);
  }
  net.dispose();
  const stepMs = { wall: median(wall) ?? NaN, processor: median(processor) ?? NaN };
  const rate = (durationMs: number): number => (batch * 1000) / durationMs;
  const imagesPerSecond = { wall: rate(stepMs.wall), processor: rate(stepMs.processor) };
  return { name, batch, steps, stepMs, imagesPerSecond };
}

/** Registers only what the stock backend lacks, as whoever mends tfjs#8474 by hand would; returns the undo. */
function installOnlyMissing(): () => void {
  const missing = trainingKernels.filter(({ reason }) => reason === 'missing');
  for (const { kernelName, build } of missing) {
    tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc: build(undefined) });
  }
  return () => {
    for (const { kernelName } of missing) tf.unregisterKernel(kernelName, 'wasm');
  };
}

function stockError(): string {
  const net = alexNetLike(1);
  try {
    net.step();
    return 'trains';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    net.dispose();
  }
}

const batch = Number(options.batch);
const steps = Number(options.steps);
const figures: Figure[] = [];
if (options.cpu) {
  await tf.setBackend('cpu');
  figures.push(measure('cpu backend', 1, 1));
}
const { threads } = await startThreadedBackend(Number(options.threads));
const stock = stockError();
const removeMissing = installOnlyMissing();
figures.push(measure('wasm, only the missing kernels', batch, steps));
removeMissing();
const undo = installTrainingKernels();
figures.push(
  measure(`wasm, installTrainingKernels(), ${threads} thread${threads > 1 ? 's' : ''}`, batch, steps),
);
undo();
const macs = alexNetLike(1).macs;

if (options.json) {
  console.log(JSON.stringify({ macs, stock, figures }, null, 2));
} else {
  console.log(
    `AlexNet-like net, ${(macs / 1e6).toFixed(1)} million multiplications an image, forward + backward + update\n`,
  );
  console.log('| backend | batch | steps | ms a step | images/s | images a second of processor time |');
  console.log('|---|---|---|---|---|---|');
  const short = (value: number): string => value.toFixed(value < 10 ? 2 : 0);
  for (const { name, batch, steps, stepMs, imagesPerSecond: rates } of figures) {
    const cells = [name, batch, steps, short(stepMs.wall), short(rates.wall), short(rates.processor)];
    console.log(`| ${cells.join(' | ')} |`);
  }
  console.log(`\nwasm as it comes: ${stock}`);
}
