// Run by threads.test.ts in a process of its own: steps of training with as many threads as it is told.
import { createHash } from 'node:crypto';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import { alexNetLike } from '../bench/alexNetLike.js';
import { installTrainingKernels, startThreadedBackend } from '../src/index.js';

tf.enableProdMode();
installTrainingKernels();
const { threads } = await startThreadedBackend(Number(process.argv[2]));
const net = alexNetLike(4);
const losses = [net.step(), net.step(), net.step()];
const bytes = new Uint8Array(Float64Array.from(losses).buffer);
console.log(JSON.stringify({ threads, losses, digest: createHash('sha256').update(bytes).digest('hex') }));
