import type * as tf from '@tensorflow/tfjs-core';
import { isGraphModel, type TfjsGraphModel } from './graphModel/tfjsGraphModel.js';
import { fetchQuantizedKernel, fetchToHost, forgetFetched } from './hostValues.js';
import type { TfjsLayer, TfjsLayersModel } from './tfjsLayersModel.js';

/**
 * Brings a tfjs model's weights to the host.
 *
 * A run does it by itself. Before `openTeacher`, `planStudent` or `dryRun` it is needed on tfjs backends that cannot be read at
 * once (webgpu); elsewhere it does no harm.
 */
export async function readTeacher(model: TfjsLayersModel | TfjsGraphModel): Promise<void> {
  await fetchWeights(model);
}

/** The same for as long as a teacher is opened, which has copies of its own: a large one would be held twice. */
export async function whileRead<Opened>(
  model: TfjsLayersModel | TfjsGraphModel,
  open: () => Opened | Promise<Opened>,
): Promise<Opened> {
  const fetched = await fetchWeights(model);
  try {
    return await open();
  } finally {
    fetched.forEach(forgetFetched);
  }
}

/** Fetches all weights; gives those that had not been fetched before. */
async function fetchWeights(model: TfjsLayersModel | TfjsGraphModel): Promise<tf.Tensor[]> {
  const fetched: tf.Tensor[] = [];
  const weights = isGraphModel(model)
    ? Object.values(model.weights).flat()
    : allLayers(model).flatMap((layer) => layer.getWeights());
  for (const weight of weights) if (await fetchToHost(weight)) fetched.push(weight);
  if (isGraphModel(model)) return fetched;
  for (const layer of allLayers(model)) {
    const { weightBits } = layer.getConfig() as { readonly weightBits?: unknown };
    if (typeof weightBits === 'number') await fetchQuantizedKernel(layer.getWeights()[0], weightBits);
  }
  return fetched;
}

/** Those of nested models as well. */
function allLayers({ layers }: { readonly layers: readonly TfjsLayer[] }): TfjsLayer[] {
  return layers.flatMap((layer) => [
    layer,
    ...allLayers({ layers: (layer as TfjsLayer & { readonly layers?: readonly TfjsLayer[] }).layers ?? [] }),
  ]);
}
