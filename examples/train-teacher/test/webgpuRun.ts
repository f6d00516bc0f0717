import { fill, getBackend, stack, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { endCommand } from '../src/endCommand.js';
import { failCommand } from '../src/failCommand.js';
import { startBackend } from '../src/startBackend.js';

/** A small net trained for some steps on WebGPU in Node: prints the backend and the losses. */
try {
  await startBackend('webgpu');
  const model = sequential({
    layers: [
      layers.conv2d({ inputShape: [8, 8, 1], filters: 4, kernelSize: 3, kernelInitializer: 'ones' }),
      layers.batchNormalization(),
      layers.flatten(),
      layers.dense({ units: 2, activation: 'softmax', kernelInitializer: 'zeros' }),
    ],
  });
  model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' });
  const images = tidy(() => stack([fill([8, 8, 1], 1), fill([8, 8, 1], -1)]));
  const labels = tensor2d([1, 0, 0, 1], [2, 2]);
  const { history } = await model.fit(images, labels, { epochs: 5 });
  process.stdout.write(`${JSON.stringify({ backend: getBackend(), losses: history['loss'] })}\n`);
} catch (error) {
  failCommand(error);
}
endCommand();
