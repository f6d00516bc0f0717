import type { AddOp } from './add.js';
import type { AveragePool2dOp } from './averagePool2d.js';
import type { ConcatOp } from './concat.js';
import type { Conv2dOp } from './conv2d.js';
import type { DenseOp } from './dense.js';
import type { DepthwiseConv2dOp } from './depthwiseConv2d.js';
import type { GemmOp } from './gemm.js';
import type { GlobalAveragePool2dOp } from './globalAveragePool2d.js';
import type { LookupOp } from './lookup.js';
import type { MaxPool2dOp } from './maxPool2d.js';
import type { RelayoutOp } from './relayout.js';
import type { RequantizeOp } from './requantize.js';
import type { ReshapeOp } from './reshape.js';

/** Every op by its name. A backend is a table over these keys. */
export interface Ops {
  gemm: GemmOp;
  conv2d: Conv2dOp;
  depthwiseConv2d: DepthwiseConv2dOp;
  dense: DenseOp;
  maxPool2d: MaxPool2dOp;
  averagePool2d: AveragePool2dOp;
  globalAveragePool2d: GlobalAveragePool2dOp;
  add: AddOp;
  concat: ConcatOp;
  requantize: RequantizeOp;
  lookup: LookupOp;
  reshape: ReshapeOp;
  relayout: RelayoutOp;
}
export type OpName = keyof Ops;
export type Op = Ops[OpName];

export type { AddOp } from './add.js';
export type { AveragePool2dOp } from './averagePool2d.js';
export type { ConcatOp } from './concat.js';
export type { Conv2dOp, Padding } from './conv2d.js';
export type { DenseOp } from './dense.js';
export type { DepthwiseConv2dOp } from './depthwiseConv2d.js';
export type { GemmOp } from './gemm.js';
export type { GlobalAveragePool2dOp } from './globalAveragePool2d.js';
export type { LookupOp } from './lookup.js';
export type { MaxPool2dOp, PooledOp, PoolWindow } from './maxPool2d.js';
export type { AccumulatorBound, OpBase, OpDefinition } from './op.js';
export type { RelayoutOp } from './relayout.js';
export type { RequantizeOp } from './requantize.js';
export type { ReshapeOp } from './reshape.js';
export type { WindowAxis } from './window.js';
