import { ByteBuffer } from 'flatbuffers';
import { describe, expect, test } from '@jest/globals';
import { mobileNetV2 } from '../src/networks/mobileNetV2.js';
import { tfliteInt8 } from '../src/tflite/tfliteInt8.js';
import { tflitePadding } from '../src/tflite/tflitePadding.js';
import { oneLayer } from '../src/work/oneLayer.js';

/** A table of a flatbuffer, read field by field. */
class Table {
  constructor(
    readonly buffer: ByteBuffer,
    readonly position: number,
  ) {}

  static root(buffer: ByteBuffer): Table {
    return new Table(buffer, buffer.readInt32(buffer.position()) + buffer.position());
  }

  offset(slot: number): number {
    return this.buffer.__offset(this.position, 4 + 2 * slot);
  }

  int(slot: number, missing = 0): number {
    const offset = this.offset(slot);
    return offset === 0 ? missing : this.buffer.readInt32(this.position + offset);
  }

  tables(slot: number): Table[] {
    const { start, length } = this.vector(slot);
    return Array.from({ length }, (_, i) => new Table(this.buffer, this.buffer.__indirect(start + 4 * i)));
  }

  ints(slot: number): number[] {
    const { start, length } = this.vector(slot);
    return Array.from({ length }, (_, i) => this.buffer.readInt32(start + 4 * i));
  }

  vector(slot: number): { readonly start: number; readonly length: number } {
    const offset = this.offset(slot);
    if (offset === 0) return { start: 0, length: 0 };
    return {
      start: this.buffer.__vector(this.position + offset),
      length: this.buffer.__vector_len(this.position + offset),
    };
  }
}

describe('tfliteInt8', () => {
  test('writes operators, tensors and aligned constants that its schema describes', () => {
    const graph = mobileNetV2({ size: 32 });
    const { bytes, before, isShifted } = tfliteInt8(graph, 2);
    const buffer = new ByteBuffer(bytes);
    expect(buffer.getBufferIdentifier()).toBe('TFL3');
    const model = Table.root(buffer);
    expect(model.int(0)).toBe(3);
    const [subgraph] = model.tables(2);
    const tensors = subgraph.tables(0);
    expect(subgraph.tables(3)).toHaveLength(graph.nodes.length);
    // The first convolution's border is fed; strides of two inside are shifted.
    expect([before, isShifted]).toEqual([{ top: 1, bottom: 1, left: 1, right: 1 }, true]);
    expect(tensors[subgraph.ints(1)[0]].ints(0)).toEqual([2, 34, 34, 3]);
    expect(tensors[subgraph.ints(2)[0]].ints(0)).toEqual([2, 1000]);
    const constants = model.tables(4).filter((table) => table.vector(0).length > 0);
    expect(constants.length).toBeGreaterThan(graph.nodes.length);
    expect(constants.filter((table) => (table.vector(0).start - buffer.position()) % 16 !== 0)).toEqual([]);
  });

  test('refuses what TensorFlow Lite cannot give', () => {
    const graph = oneLayer('sums', (net) =>
      net.dense(net.input([1, 4], 'relu'), 3, { output: 'accumulator' }),
    )();
    expect(() => tfliteInt8(graph, 1)).toThrow('no int32 sums');
  });
});

describe('tflitePadding', () => {
  const padding = (size: number, stride: number, isInput: boolean): ReturnType<typeof tflitePadding> => {
    const graph = oneLayer('conv', (net) =>
      net.conv(net.input([1, size, size, 3], 'relu'), { filters: 2, kernel: 3, stride, padding: 1 }),
    )();
    const [{ op }] = graph.nodes;
    if (op.op !== 'conv2d') throw new Error('no convolution');
    return tflitePadding(op, isInput);
  };

  test('is SAME where its windows are ours', () => {
    expect(padding(8, 1, false)).toMatchObject({ mode: 'same', isShifted: false });
    expect(padding(9, 2, false)).toMatchObject({ mode: 'same', isShifted: false });
  });

  test('is fed with the input, or shifted inside, where the odd row stands at the other end', () => {
    expect(padding(8, 2, true)).toMatchObject({
      mode: 'valid',
      before: { top: 1, left: 1 },
      isShifted: false,
    });
    expect(padding(8, 2, false)).toMatchObject({ mode: 'same', isShifted: true });
  });
});
