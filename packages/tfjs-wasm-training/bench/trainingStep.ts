/**
 * Measures training steps of a small AlexNet on tfjs-backend-wasm, with and without the training kernels.
 *
 * npx tsx --conditions=@bnfree/source packages/tfjs-wasm-training/bench/trainingStep.ts
 *   [--batch 64] [--steps 5] [--cpu] [--json]
 */
import { parseArgs } from 'node:util';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
// For the gradient functions, which registerGradients() finds only in the built package.
import '@tensorflow/tfjs-layers';
import { installTrainingKernels, trainingKernels } from '../src/index.js';
import { alexNetLike } from './alexNetLike.js';

interface Figure {
  readonly name: string;
  readonly batch: number;
  readonly steps: number;
  readonly millisecondsPerStep: number;
  readonly imagesPerSecond: number;
}

const { values: options } = parseArgs({
  options: {
    batch: { type: 'string', default: '64' },
    steps: { type: 'string', default: '5' },
    cpu: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

/** The median step, after one step that is not counted. */
function measure(name: string, batch: number, steps: number): Figure {
  const net = alexNetLike(batch);
  net.step();
  const durations = Array.from({ length: steps }, () => {
    const start = performance.now();
    net.step();
    return performance.now() - start;
  }).sort((a, b) => a - b);
  net.dispose();
  const millisecondsPerStep = durations[steps >> 1] ?? NaN;
  return { name, batch, steps, millisecondsPerStep, imagesPerSecond: (batch * 1000) / millisecondsPerStep };
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
await tf.setBackend('wasm');
const stock = stockError();
const removeMissing = installOnlyMissing();
figures.push(measure('wasm, only the missing kernels', batch, steps));
removeMissing();
const undo = installTrainingKernels();
figures.push(measure('wasm, installTrainingKernels()', batch, steps));
undo();
const macs = alexNetLike(1).macs;

if (options.json) {
  console.log(JSON.stringify({ macs, stock, figures }, null, 2));
} else {
  console.log(
    `AlexNet-like net, ${(macs / 1e6).toFixed(1)} million multiplications an image, forward + backward + update\n`,
  );
  console.log('| backend | batch | ms a step | images/s |\n|---|---|---|---|');
  for (const figure of figures) {
    const cells = [
      figure.name,
      figure.batch,
      figure.millisecondsPerStep.toFixed(0),
      figure.imagesPerSecond.toFixed(figure.imagesPerSecond < 10 ? 2 : 0),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
  console.log(`\nwasm as it comes: ${stock}`);
}
