import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { openGraphTeacher, openTeacher, type Teacher } from '@bnfree/distill';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';

/** Networks of npm `nsfwjs`: two Keras models whose normalization nobody folded away, and a converted TensorFlow graph. */
export const networkNames = ['mobilenet_v2', 'inception_v3', 'mobilenet_v2_mid'] as const;

export type NetworkName = (typeof networkNames)[number];

/** A teacher, and how it takes its pixels. */
export interface Network {
  readonly teacher: Teacher;
  /** Height and width of its images. */
  readonly size: number;
}

const require = createRequire(import.meta.url);

/**
 * Loads a network from the files of the installed package; its code is never run.
 *
 * The package hides its files behind `exports`, and stores weights as base64 text in scripts.
 */
export async function loadNetwork(name: NetworkName): Promise<Network> {
  const folder = join(dirname(require.resolve('nsfwjs')), '..', 'models', name);
  const { modelTopology, weightsManifest, ...rest } = require(
    join(folder, 'model.min.js'),
  ) as tf.io.ModelJSON;
  const shards = readdirSync(folder)
    .filter((file) => file.startsWith('group1-'))
    .sort()
    .map((file) => Buffer.from(require(join(folder, file)) as string, 'base64'));
  const weights = Buffer.concat(shards);
  const handler = tf.io.fromMemory({
    modelTopology,
    ...(rest.format === undefined ? {} : { format: rest.format }),
    weightSpecs: weightsManifest.flatMap((group) => group.weights),
    weightData: weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength),
  });
  const teacher =
    rest.format === 'graph-model'
      ? await openGraphTeacher(await loadGraphModel(handler), name)
      : openTeacher(await loadLayersModel(handler));
  const [size] = teacher.nodes.find((node) => node.name === teacher.inputs[0])?.shape ?? [0];
  return { teacher, size };
}
