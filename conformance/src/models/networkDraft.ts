import type { GraphNode } from '@bnfree/core';
import {
  definitionOf,
  packCodes,
  type ActivationSpec,
  type MaxPool2dOp,
  type Op,
  type Requantization,
  type Weights,
} from '@bnfree/integer-kernels';
import { sequence } from '../../../packages/integer-kernels/src/conformance/sequence.js';

/** After a ReLU, 7 bits. */
const relu = { shape: [], type: 'uint8', zeroPoint: 0, quantMin: 0, quantMax: 127 } as const;

/** Nodes in a row, each on the value of the one before, with random weights of a width. */
export class NetworkDraft {
  readonly nodes: GraphNode[] = [];
  readonly #bits: number;
  readonly #next: () => number;
  #last: { readonly name: string; readonly tensor: ActivationSpec };

  constructor(image: ActivationSpec, bits: number, seed: number) {
    this.#bits = bits;
    this.#next = sequence(seed);
    this.#last = { name: 'image', tensor: image };
  }

  conv(name: string, outputs: number, kernel: number, stride: number, pad: number): void {
    const { tensor } = this.#last;
    const shape = [outputs, kernel, kernel, tensor.shape[3]];
    this.#append(name, {
      op: 'conv2d',
      inputs: [tensor],
      output: relu,
      weights: this.#weights(shape),
      bias: this.#bias(outputs),
      strides: [stride, stride],
      dilations: [1, 1],
      padding: { top: pad, bottom: pad, left: pad, right: pad, value: tensor.zeroPoint },
      groups: 1,
      requantization: this.#requantization(shape),
    });
  }

  /** 3x3, stride 2. */
  pool(name: string): void {
    const padding = { top: 0, bottom: 0, left: 0, right: 0 };
    const { tensor } = this.#last;
    const op: MaxPool2dOp = {
      op: 'maxPool2d',
      inputs: [tensor],
      output: tensor,
      kernel: [3, 3],
      strides: [2, 2],
      padding,
    };
    this.#append(name, op);
  }

  flatten(name: string): void {
    const { tensor } = this.#last;
    const size = tensor.shape.reduce((all, length) => all * length, 1);
    this.#append(name, { op: 'reshape', inputs: [tensor], output: { ...tensor, shape: [1, size] } });
  }

  dense(name: string, units: number): void {
    const shape = [units, this.#last.tensor.shape[1]];
    this.#append(name, {
      ...this.#product(units, shape),
      output: relu,
      requantization: this.#requantization(shape),
    });
  }

  /** A dense layer whose accumulators are the output. */
  logits(name: string, units: number): void {
    const shape = [units, this.#last.tensor.shape[1]];
    this.#append(name, {
      ...this.#product(units, shape),
      output: { ...relu, type: 'int32', quantMin: -0x80000000, quantMax: 0x7fffffff },
      requantization: { kind: 'none' },
    });
  }

  #product(units: number, shape: readonly number[]) {
    return {
      op: 'dense',
      inputs: [this.#last.tensor],
      weights: this.#weights(shape),
      bias: this.#bias(units),
    } as const;
  }

  #append(name: string, draft: Op): void {
    const shape = definitionOf(draft).outputShape(draft);
    const op: Op = { ...draft, output: { ...draft.output, shape } };
    this.nodes.push({ name, op, inputs: [this.#last.name] });
    this.#last = { name, tensor: op.output };
  }

  #weights(shape: readonly number[]): Weights {
    const codes = Array.from({ length: shape.reduce((all, size) => all * size, 1) }, () =>
      Math.floor(this.#next() * 2 ** this.#bits),
    );
    // Without a level more on one side, so that sums have no bias.
    return packCodes(codes, shape, { bits: this.#bits, code: 'odd', zeroPoint: 0 });
  }

  #bias(channels: number): Int32Array {
    return Int32Array.from({ length: channels }, () => Math.floor(this.#next() * 2000) - 1000);
  }

  /** A multiplier for each channel that brings sums of random products near the middle of 0 .. 127. */
  #requantization([channels, ...rest]: readonly number[]): Requantization {
    const products = rest.reduce((all, size) => all * size, 1);
    const typical = 25 * 2 ** (this.#bits - 1) * Math.sqrt(products);
    return {
      kind: 'multiplier',
      rounding: 'halfUp',
      multipliers: Int32Array.from({ length: channels }, (_, channel) => 2 ** 30 + 12345 * channel),
      shifts: Int32Array.of(31 + Math.max(0, Math.ceil(Math.log2(typical / 64)))),
    };
  }
}
