import { add } from './add.js';
import { averagePool2d } from './averagePool2d.js';
import { concat } from './concat.js';
import { conv2d } from './conv2d.js';
import { dense } from './dense.js';
import { depthwiseConv2d } from './depthwiseConv2d.js';
import { gemm } from './gemm.js';
import { globalAveragePool2d } from './globalAveragePool2d.js';
import { lookup } from './lookup.js';
import { maxPool2d } from './maxPool2d.js';
import { relayout } from './relayout.js';
import { requantize } from './requantize.js';
import { reshape } from './reshape.js';
import type { Op, OpName, Ops } from './index.js';
import type { OpDefinition } from './op.js';

/** What every op answers for itself, by name. */
export const opDefinitions = {
  gemm,
  conv2d,
  depthwiseConv2d,
  dense,
  maxPool2d,
  averagePool2d,
  globalAveragePool2d,
  add,
  concat,
  requantize,
  lookup,
  reshape,
  relayout,
} satisfies { readonly [Name in OpName]: OpDefinition<Ops[Name]> };

/** Every op name, in the order of the table. */
export const opNames = Object.keys(opDefinitions) as OpName[];

/** The definition of an op, for code that takes any op. */
export function definitionOf(op: Op): OpDefinition<Op> {
  return opDefinitions[op.op];
}
