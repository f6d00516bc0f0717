import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { WantedWeight } from './wantedWeight.js';

/** What tells torchvision's names from those of layers. */
export const torchvisionName = /^(?:features|classifier)\.\d+\./;

/**
 * Tensors of torchvision's AlexNet, `features.0.weight` to `classifier.6.bias`, for the same net here.
 *
 * Its kernels are `[out, in, height, width]` and `[out, in]`; what the first dense layer takes is flattened channel by channel
 * there, pixel by pixel here.
 */
export function torchvisionWeights(model: LayersModel, wanted: readonly WantedWeight[]): WantedWeight[] {
  const places = torchvisionPlaces(model);
  const flattened = model.getLayer('flatten').input;
  const [, height = 0, width = 0, channels = 0] = (Array.isArray(flattened) ? flattened[0] : flattened).shape;
  const firstDense = model.layers.find((layer) => layer.getClassName() === 'Dense')?.name;
  return wanted.map((weight) => {
    const [layer, part] = weight.name.split('/');
    const place = places.get(layer);
    // Normalization: torchvision has none, so it is missing under the name that it has here.
    if (place === undefined) return weight;
    if (part === 'bias') return { ...weight, name: `${place}.bias` };
    const name = `${place}.weight`;
    if (weight.shape.length === 4) {
      const [h, w, inputs, outputs] = weight.shape;
      const shape = [outputs, inputs, h, w];
      return { ...weight, name, shape, convert: (values) => outputsLast(values, outputs, inputs, h * w) };
    }
    const [inputs, outputs] = weight.shape;
    const shape = [outputs, inputs];
    const [planes, pixels] =
      layer === firstDense ? [channels as number, (height as number) * (width as number)] : [inputs, 1];
    return { ...weight, name, shape, convert: (values) => outputsLast(values, outputs, planes, pixels) };
  });
}

/** `features.N` and `classifier.N` by the layers' names here. */
function torchvisionPlaces(model: LayersModel): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  let feature = 0;
  for (const layer of model.layers) {
    const kind = layer.getClassName();
    if (kind === 'Conv2D') {
      places.set(layer.name, `features.${feature}`);
      // Behind itself stands its activation.
      feature += 2;
    } else if (kind === 'MaxPooling2D') feature += 1;
  }
  const dense = model.layers.filter((layer) => layer.getClassName() === 'Dense');
  dense.forEach(({ name }, index) => {
    // Dropout, layer, activation; no dropout before the last.
    const place = index < dense.length - 1 ? 3 * index + 1 : 3 * index;
    places.set(name, `classifier.${place}`);
  });
  return places;
}

/** `[outputs, planes, pixels]` to `[pixels, planes, outputs]`. */
function outputsLast(values: Float32Array, outputs: number, planes: number, pixels: number): Float32Array {
  const turned = new Float32Array(values.length);
  let from = 0;
  for (let output = 0; output < outputs; output += 1) {
    for (let plane = 0; plane < planes; plane += 1) {
      for (let pixel = 0; pixel < pixels; pixel += 1) {
        turned[(pixel * planes + plane) * outputs + output] = values[from];
        from += 1;
      }
    }
  }
  return turned;
}
