import { join } from 'node:path';
import { sha256Hex } from '@bnfree/core';
import { folderCheckpoints } from '@bnfree/distill';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** The files of a saved teacher and their digests. */
export interface SavedTeacher {
  readonly model: { readonly path: string; readonly sha256: string };
  readonly weights: { readonly path: string; readonly sha256: string; readonly bytes: number };
}

const names = { model: 'model.json', weights: 'weights.bin', digests: 'digests.json' } as const;

/**
 * Writes a tfjs layers-model into a folder: weights, then model.json, then the digests of both, so that the last file stands for
 * a whole model.
 */
export async function saveTeacher(model: LayersModel, folder: string): Promise<SavedTeacher> {
  const store = folderCheckpoints(folder);
  const saved: { model?: Uint8Array; weights?: Uint8Array } = {};
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      const { modelTopology, weightSpecs, weightData } = artifacts;
      saved.weights = new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData));
      saved.model = new TextEncoder().encode(
        `${JSON.stringify({
          format: 'layers-model',
          generatedBy: `TensorFlow.js tfjs-layers v${tf.version_core}`,
          convertedBy: null,
          modelTopology,
          weightsManifest: [{ paths: [names.weights], weights: weightSpecs }],
        })}\n`,
      );
      await store.write(names.weights, saved.weights);
      await store.write(names.model, saved.model);
      return {
        modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts),
      };
    }),
  );
  const { model: topology = new Uint8Array(), weights = new Uint8Array() } = saved;
  const digests = { model: sha256Hex(topology), weights: sha256Hex(weights) };
  await store.write(names.digests, new TextEncoder().encode(`${JSON.stringify(digests)}\n`));
  return {
    model: { path: join(folder, names.model), sha256: digests.model },
    weights: { path: join(folder, names.weights), sha256: digests.weights, bytes: weights.length },
  };
}
