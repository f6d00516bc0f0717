import { isGraphModel, type TfjsGraphModel } from './graphModel/tfjsGraphModel.js';
import { fetchQuantizedKernel, fetchToHost } from './hostValues.js';
import type { TfjsLayer, TfjsLayersModel } from './tfjsLayersModel.js';

/**
 * Brings a tfjs model's weights to the host.
 *
 * A run does it by itself. Before `openTeacher`, `planStudent` or `dryRun` it is needed on tfjs backends that cannot be read at
 * once (webgpu); elsewhere it does no harm.
 */
export async function readTeacher(model: TfjsLayersModel | TfjsGraphModel): Promise<void> {
  if (isGraphModel(model)) {
    await fetchToHost(Object.values(model.weights).flat());
    return;
  }
  for (const layer of allLayers(model)) {
    const weights = layer.getWeights();
    const { weightBits } = layer.getConfig() as { readonly weightBits?: unknown };
    await fetchToHost(weights);
    if (typeof weightBits === 'number') await fetchQuantizedKernel(weights[0], weightBits);
  }
}

/** Those of nested models as well. */
function allLayers({ layers }: { readonly layers: readonly TfjsLayer[] }): TfjsLayer[] {
  return layers.flatMap((layer) => [
    layer,
    ...allLayers({ layers: (layer as TfjsLayer & { readonly layers?: readonly TfjsLayer[] }).layers ?? [] }),
  ]);
}
