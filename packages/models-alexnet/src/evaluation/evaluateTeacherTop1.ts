import { tensor, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { cifar10Input } from '../app/cifar10Input.js';
import type { ImageDataset } from '../cifar10/imageDataset.js';
import { evaluateBatches } from './evaluateBatches.js';
import type { EvaluationOptions, Top1 } from './top1.js';

/** Top-1 accuracy of the float teacher on the current tfjs backend. */
export async function evaluateTeacherTop1(
  teacher: LayersModel,
  dataset: ImageDataset,
  options: EvaluationOptions = {},
): Promise<Top1> {
  const scores = async (images: Uint8Array, count: number): Promise<ArrayLike<number>> => {
    const output = tidy(() => teacher.predict(toTeacherInput(images, [count, ...dataset.shape])) as Tensor);
    const values = await output.data();
    output.dispose();
    return values;
  };
  return evaluateBatches(dataset, scores, options);
}

/** Stored pixels as the teacher's float input, `(pixel - 128) / 128`; exact in float32. */
function toTeacherInput(images: Uint8Array, shape: number[]): Tensor {
  const { zeroPoint, scale } = cifar10Input;
  const step = scale.multiplier / 2 ** scale.shift;
  return tensor(
    Float32Array.from(images, (pixel) => (pixel - zeroPoint) * step),
    shape,
  );
}
