import { broadcast_util, concat, engine, reshape, slice, tidy, transpose, util } from '@tensorflow/tfjs-core';
import type { BatchMatMulAttrs, NamedAttrMap, Rank, Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import type { TrainingKernel } from '../trainingKernel.js';

/** Multiplications a pair of matrices below which the stock kernel beats the calls around XNNPACK's. */
const smallestProduct = { singlePair: 1 << 14, oneOfMany: 1 << 17 };

/**
 * The matrix product, transposed beforehand and one pair of matrices at a time.
 *
 * The stock kernel calls XNNPACK only for a single pair without a transpose flag; everything else goes through a
 * plain loop, more than ten times slower.
 */
export const batchMatMul: TrainingKernel = {
  kernelName: 'BatchMatMul',
  reason: 'slow',
  build: (previous) => {
    if (previous === undefined) throw new TypeError('BatchMatMul needs the stock kernel');
    return (params) => {
      const { a, b } = params.inputs as { a: Tensor; b: Tensor };
      const { transposeA, transposeB } = params.attrs as NamedAttrMap & BatchMatMulAttrs;
      const isSinglePair = batchSize(a) === 1 && batchSize(b) === 1;
      if (isSinglePair && !transposeA && !transposeB) return previous(params);
      const smallest = isSinglePair ? smallestProduct.singlePair : smallestProduct.oneOfMany;
      if (!isDivisible(a, b) || multiplications(a, b, transposeB) < smallest) return previous(params);
      return tidy(() => {
        const left = transposeA ? swapLastTwo(a) : a;
        const right = transposeB ? swapLastTwo(b) : b;
        return isSinglePair ? multiplyPair(left, right) : multiplyPairs(left, right);
      });
    };
  },
};

function batchSize({ shape }: Tensor): number {
  return util.sizeFromShape(shape.slice(0, -2));
}

/** Whether the batch is a list of pairs: equally many matrices, or one against many, and some. */
function isDivisible(a: Tensor, b: Tensor): boolean {
  const outer = broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const count = util.sizeFromShape(outer);
  return count > 0 && [a, b].every((matrices) => [1, count].includes(batchSize(matrices)));
}

function multiplications(a: Tensor, b: Tensor, transposeB: boolean): number {
  const columns = b.shape.at(transposeB ? -2 : -1) ?? 1;
  return util.sizeFromShape(a.shape.slice(-2)) * columns;
}

function swapLastTwo(x: Tensor): Tensor {
  const axes = [...x.shape.keys()];
  return transpose(x, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
}

/** A plain product comes back to this kernel and goes straight to the stock one. */
function multiplyPair(a: Tensor, b: Tensor): Tensor {
  return engine().runKernel('BatchMatMul', { a, b }, { transposeA: false, transposeB: false });
}

function multiplyPairs(a: Tensor, b: Tensor): Tensor {
  const outer = broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const [left, right] = [a, b].map((x) =>
    reshape<Rank.R3>(x, [batchSize(x), x.shape.at(-2) ?? 1, x.shape.at(-1) ?? 1]),
  );
  const products = Array.from({ length: util.sizeFromShape(outer) }, (_, index) =>
    multiplyPair(matrixAt(left, index), matrixAt(right, index)),
  );
  return reshape(concat(products, 0), [...outer, left.shape[1], right.shape[2]]);
}

function matrixAt(x: Tensor3D, index: number): Tensor3D {
  return x.shape[0] === 1 ? x : slice(x, [index, 0, 0], [1, x.shape[1], x.shape[2]]);
}
