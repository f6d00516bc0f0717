import { BnfreeError, type Issue, throwIfIssues } from '@bnfree/core';
import { tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { readUrl, resolveUrl, showUrl } from '../files/readUrl.js';
import type { NamedWeights } from './namedWeights.js';
import { readLayersModel, unreadable } from './readLayersModel.js';
import { readSafetensors } from './readSafetensors.js';
import { torchvisionName, torchvisionWeights } from './torchvisionWeights.js';
import type { WantedWeight } from './wantedWeight.js';

/** Path or URL of a tfjs `model.json` or of a `.safetensors` file, or the bytes of the latter. */
export type WeightSource = string | URL | Uint8Array;

/**
 * Gives an `alexnet()` its weights, all of them or none.
 *
 * Tensors are called as the layers are, `conv1/kernel`, `bn1/gamma`, or as in torchvision's state dict, `features.0.weight`, which
 * has no normalization and expects its pixels: it is for
 * `alexnet({ variant: 'torchvision', batchNorm: false, pixels: torchvisionPixels })`. Nothing is changed unless every
 * tensor is there in its shape, finite, and no other.
 *
 * @throws BnfreeError SOURCE_UNREADABLE, WEIGHTS_DAMAGED; WEIGHT_MISSING, WEIGHT_UNEXPECTED, WEIGHT_SHAPE,
 * NON_FINITE_WEIGHTS, all at once
 */
export async function loadWeights(model: LayersModel, source: WeightSource): Promise<void> {
  const { weights, path } = await readWeights(source);
  const own = wantedWeights(model);
  const isTorchvision = [...weights.keys()].some((name) => torchvisionName.test(name));
  const wanted = isTorchvision ? torchvisionWeights(model, own) : own;
  throwIfIssues(compare(wanted, weights, path));
  for (const { name, variable, convert } of wanted) {
    const { values } = weights.get(name) as { readonly values: Float32Array };
    tidy(() => {
      variable.write(tensor(convert(values), variable.shape as number[]));
    });
  }
}

async function readWeights(source: WeightSource): Promise<{ weights: NamedWeights; path: string }> {
  if (typeof source !== 'string' && !(source instanceof URL)) {
    return { weights: readSafetensors(source, 'weights'), path: 'weights' };
  }
  const url = resolveUrl(String(source));
  const path = showUrl(url);
  const bytes = await readUrl(url).catch((cause: unknown) => {
    throw new BnfreeError([unreadable(path, cause)], { cause });
  });
  const isJson = url.pathname.endsWith('.json');
  return { weights: isJson ? await readLayersModel(bytes, url) : readSafetensors(bytes, path), path };
}

/** What a model's own names ask for. */
function wantedWeights(model: LayersModel): WantedWeight[] {
  return model.weights.map((weight) => ({
    name: weight.originalName,
    shape: weight.shape as number[],
    variable: weight,
    convert: (values) => values,
  }));
}

function compare(wanted: readonly WantedWeight[], weights: NamedWeights, path: string): Issue[] {
  const names = new Set(wanted.map(({ name }) => name));
  const missing = wanted
    .filter(({ name }) => !weights.has(name))
    .map(({ name, shape }): Issue => {
      const message = `got none, expected [${shape.join(', ')}]`;
      const fix = 'build the net that was saved: variant, batchNorm';
      return { code: 'WEIGHT_MISSING', path: `${path} "${name}"`, message, fix };
    });
  const unexpected = [...weights]
    .filter(([name]) => !names.has(name))
    .map(([name, { shape }]): Issue => {
      const message = `got [${shape.join(', ')}], expected no such tensor`;
      const fix = 'build the net that was saved: variant, batchNorm';
      return { code: 'WEIGHT_UNEXPECTED', path: `${path} "${name}"`, message, fix };
    });
  const wrong = wanted.flatMap(({ name, shape }): Issue[] => {
    const found = weights.get(name);
    if (found === undefined) return [];
    const place = `${path} "${name}"`;
    if (found.shape.join() !== shape.join()) {
      const message = `got [${found.shape.join(', ')}], expected [${shape.join(', ')}]`;
      const fix = 'build the net that was saved: variant, classes, inputSize';
      return [{ code: 'WEIGHT_SHAPE', path: place, message, fix }];
    }
    const bad = found.values.findIndex((value) => !Number.isFinite(value));
    if (bad < 0) return [];
    const message = `got ${found.values[bad]}, expected a finite number`;
    return [
      {
        code: 'NON_FINITE_WEIGHTS',
        path: `${place}[${bad}]`,
        message,
        fix: 'train again with a lower learning rate, or take an earlier checkpoint',
      },
    ];
  });
  return [...missing, ...unexpected, ...wrong];
}
