import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadGraphModel, type GraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import * as tfl from '@tensorflow/tfjs-layers';
import { planIssues, planStudent } from '../../plan/planStudent.js';
import { inputsOf } from '../../plan/studentPlan.js';
import { foldNormalization } from '../../layers/foldNormalization.js';
import { randomStream } from '../../random/randomStream.js';
import { openGraphTeacher } from './openGraphTeacher.js';
import { isGraphModel } from './tfjsGraphModel.js';

beforeAll(async () => {
  tf.env().set('IS_TEST', true);
  await tf.setBackend('cpu');
});

type Attributes = Record<string, object>;
const s = (text: string) => ({ s: Buffer.from(text).toString('base64') });
const list = (...values: (number | string)[]) => ({
  list: typeof values[0] === 'string' ? { s: values.map((v) => s(String(v)).s) } : { i: values.map(String) },
});
const float = { T: { type: 'DT_FLOAT' } };
const window = (stride: number, padding: string): Attributes => ({
  ...float,
  strides: list(1, stride, stride, 1),
  dilations: list(1, 1, 1, 1),
  padding: s(padding),
  data_format: s('NHWC'),
});

/** Builds a graph model from nodes; names of constants are given with their shapes. */
class Graph {
  readonly #nodes: object[] = [];
  readonly #specs: tf.io.WeightsManifestEntry[] = [];
  readonly #values: Float32Array[] = [];

  input(name: string, shape: readonly number[]): this {
    const dim = [-1, ...shape].map((size) => ({ size: String(size) }));
    this.#nodes.push({
      name,
      op: 'Placeholder',
      attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: { dim } } },
    });
    return this;
  }

  constant(name: string, shape: number[], values?: readonly number[]): this {
    const stream = randomStream(3, name);
    const size = shape.reduce((a, b) => a * b, 1);
    const drawn = Float32Array.from(
      values ?? Array.from({ length: size }, () => stream.nextInt(100, 900) / 1000),
    );
    this.#specs.push({ name, shape, dtype: 'float32' });
    this.#values.push(drawn);
    const tensorShape = { dim: shape.map((length) => ({ size: String(length) })) };
    this.#nodes.push({
      name,
      op: 'Const',
      attr: { dtype: { type: 'DT_FLOAT' }, value: { tensor: { dtype: 'DT_FLOAT', tensorShape } } },
    });
    return this;
  }

  integers(name: string, values: readonly number[]): this {
    this.#specs.push({ name, shape: [values.length], dtype: 'int32' });
    this.#values.push(new Float32Array(Int32Array.from(values).buffer));
    const tensorShape = { dim: [{ size: String(values.length) }] };
    this.#nodes.push({
      name,
      op: 'Const',
      attr: { dtype: { type: 'DT_INT32' }, value: { tensor: { dtype: 'DT_INT32', tensorShape } } },
    });
    return this;
  }

  op(name: string, op: string, input: readonly string[], attr: Attributes = float): this {
    this.#nodes.push({ name, op, input, attr });
    return this;
  }

  load(): Promise<GraphModel> {
    const weightData = Buffer.concat(this.#values.map((values) => Buffer.from(values.buffer)));
    return loadGraphModel(
      tf.io.fromMemory({
        format: 'graph-model',
        modelTopology: { node: this.#nodes, versions: { producer: 175 } },
        weightSpecs: this.#specs,
        weightData: weightData.buffer.slice(
          weightData.byteOffset,
          weightData.byteOffset + weightData.byteLength,
        ),
      }),
    );
  }
}

/** Activations that become tables, one of them fused into a convolution. */
function lively(): Graph {
  return new Graph()
    .input('image', [4, 4, 2])
    .constant('w1', [3, 3, 2, 4])
    .constant('b1', [4])
    .op('conv', '_FusedConv2D', ['image', 'w1', 'b1'], {
      ...window(1, 'SAME'),
      fused_ops: list('BiasAdd', 'LeakyRelu'),
      leakyrelu_alpha: { f: 0.1 },
      num_args: { i: '1' },
    })
    .constant('w2', [3, 3, 4, 4])
    .op('second', 'Conv2D', ['conv', 'w2'], window(1, 'SAME'))
    .op('leaky', 'LeakyRelu', ['second'], { ...float, alpha: { f: 0.25 } })
    .op('tanh', 'Tanh', ['leaky'])
    .constant('w3', [1, 1, 4, 3])
    .op('logits', 'Conv2D', ['tanh', 'w3'], window(1, 'VALID'));
}

/** A rescaled input, plain and fused convolutions, leftovers of normalizations, a residual sum, a mean and a product. */
function network(): Graph {
  return new Graph()
    .input('image', [6, 6, 2])
    .constant('two', [], [2])
    .constant('one', [], [1])
    .op('scaled', 'Mul', ['two', 'image'])
    .op('shifted', 'Sub', ['scaled', 'one'])
    .constant('w1', [3, 3, 2, 4])
    .constant('b1', [4])
    .op('conv', 'Conv2D', ['shifted', 'w1'], window(1, 'SAME'))
    .op('biased', 'BiasAdd', ['conv', 'b1'])
    .constant('gamma', [4])
    .constant('beta', [4])
    .constant('mean', [4])
    .constant('variance', [4])
    .op('bn', 'FusedBatchNormV3', ['biased', 'gamma', 'beta', 'mean', 'variance'], {
      ...float,
      epsilon: { f: 0.001 },
      is_training: { b: false },
    })
    .op('relu', 'Relu', ['bn'])
    .constant('w2', [3, 3, 4, 1])
    .constant('b2', [4])
    .op('depthwise', 'FusedDepthwiseConv2dNative', ['relu', 'w2', 'b2'], {
      ...window(1, 'SAME'),
      fused_ops: list('BiasAdd', 'Relu6'),
      num_args: { i: '1' },
    })
    .constant('gain', [4])
    .constant('offset', [1, 1, 1, 4])
    .op('times', 'Mul', ['depthwise', 'gain'])
    .op('plus', 'AddV2', ['times', 'offset'])
    .op('sum', 'AddV2', ['relu', 'plus'])
    .integers('axes', [1, 2])
    .op('average', 'Mean', ['sum', 'axes'], { ...float, keep_dims: { b: false } })
    .constant('w3', [4, 3])
    .constant('b3', [3])
    .op('logits', '_FusedMatMul', ['average', 'w3', 'b3'], {
      ...float,
      fused_ops: list('BiasAdd'),
      num_args: { i: '1' },
      transpose_a: { b: false },
      transpose_b: { b: false },
    })
    .op('softmax', 'Softmax', ['logits']);
}

const image = () => {
  const stream = randomStream(1, 'image');
  return tf.tensor4d(
    Float32Array.from({ length: 144 }, () => stream.nextInt(0, 255) / 255),
    [2, 6, 6, 2],
  );
};

describe('openGraphTeacher', () => {
  test('computes every value that the graph model computes, under its own names', async () => {
    const model = await network().load();
    const teacher = await openGraphTeacher(model);
    const x = image();
    const names = [
      'shifted',
      'biased',
      'bn',
      'depthwise/activation',
      'plus',
      'sum',
      'average',
      'logits',
      'softmax',
    ];
    const values = teacher.evaluate(new Map([['image', x]]), names);
    for (const name of names) {
      const expected = model.execute({ image: x }, name.replace('/activation', '')) as tf.Tensor;
      const difference = tf.max(tf.abs(tf.sub(values.get(name) as tf.Tensor, expected))).dataSync()[0];
      // The converter's executor fuses bias and activation: the last bits may differ.
      expect([name, difference < 1e-5]).toEqual([name, true]);
    }
  });

  test('activations other than ReLU are functions, with their slopes, fused or not', async () => {
    const model = await lively().load();
    const teacher = await openGraphTeacher(model);
    expect(planIssues(teacher)).toEqual([]);
    const { nodes } = planStudent(teacher);
    expect(nodes.flatMap((node) => (node.kind === 'merge' ? [[node.name, node.operation]] : []))).toEqual([
      ['conv/activation', { kind: 'lookup', form: { kind: 'leakyRelu', slope: 0.1 } }],
      ['leaky', { kind: 'lookup', form: { kind: 'leakyRelu', slope: 0.25 } }],
      ['tanh', { kind: 'lookup', form: { kind: 'tanh' } }],
    ]);
    const x = tf.randomUniform([2, 4, 4, 2], -1, 1, 'float32', 5);
    const value = teacher.evaluate(new Map([['image', x]]), ['logits']).get('logits') as tf.Tensor;
    const expected = model.execute({ image: x }, 'logits') as tf.Tensor;
    expect(tf.max(tf.abs(tf.sub(value, expected))).dataSync()[0]).toBeLessThan(1e-5);
  });

  test('plans a student of it: constants and normalizations belong to their block, the rescaled input to one of its own', async () => {
    const teacher = await openGraphTeacher(await network().load());
    expect(planIssues(teacher)).toEqual([]);
    const { nodes, outputs } = planStudent(teacher);
    expect(nodes.map((node) => `${node.name}(${inputsOf(node).join()})`)).toEqual([
      'scaled(image)',
      'conv(scaled)',
      'depthwise(conv)',
      'times(depthwise)',
      'sum(conv,times)',
      'average(sum)',
      'logits(average)',
    ]);
    expect(outputs).toEqual(['logits']);
    const conv = nodes.find(({ name }) => name === 'conv');
    if (conv?.kind !== 'layer') throw new Error('no conv');
    expect(conv.teacherNodes).toEqual(['conv', 'biased', 'bn', 'relu']);
    // Folded weights give the value behind the normalization, inside the image.
    const { kernel, kernelShape, bias } = foldNormalization(teacher, conv);
    const x = image();
    const values = teacher.evaluate(new Map([['image', x]]), ['shifted', 'bn']);
    const folded = tf.add(
      tf.conv2d(
        values.get('shifted') as tf.Tensor4D,
        tf.tensor4d(kernel, kernelShape as [number, number, number, number]),
        1,
        'same',
      ),
      tf.tensor1d(bias),
    );
    const difference = tf.max(tf.abs(tf.sub(folded, values.get('bn') as tf.Tensor))).dataSync()[0];
    expect(difference).toBeLessThan(1e-4);
  });

  test('says of every op without an integer form why, and where it stands, and still computes it', async () => {
    const model = await new Graph()
      .input('image', [6, 6, 2])
      .op('root', 'Sqrt', ['image'])
      .op('square', 'Mul', ['root', 'root'])
      .constant('w', [72, 3])
      .integers('shape', [-1, 72])
      .op('flat', 'Reshape', ['square', 'shape'])
      .op('logits', 'MatMul', ['flat', 'w'], {
        ...float,
        transpose_a: { b: false },
        transpose_b: { b: false },
      })
      .load();
    const teacher = await openGraphTeacher(model);
    expect(planIssues(teacher).map(({ code, message }) => `${code} ${message}`)).toEqual([
      'UNSUPPORTED_LAYER Sqrt has no integer form.',
      'UNSUPPORTED_LAYER A product of two computed values has no integer form; that of a value with its own sigmoid or hard sigmoid was expected.',
    ]);
    const x = image();
    const value = teacher.evaluate(new Map([['image', x]]), ['square']).get('square') as tf.Tensor;
    expect(tf.max(tf.abs(tf.sub(value, x))).dataSync()[0]).toBeLessThan(1e-6);
  });

  test('a product with relu6(x + 3) / 6 is a hard swish, as converters write it', async () => {
    const model = await new Graph()
      .input('image', [6, 6, 2])
      .constant('w', [3, 3, 2, 4])
      .op('conv', 'Conv2D', ['image', 'w'], window(1, 'SAME'))
      .constant('three', [], [3])
      .op('plus', 'AddV2', ['conv', 'three'])
      .op('limited', 'Relu6', ['plus'])
      .constant('sixth', [], [1 / 6])
      .op('gate', 'Mul', ['limited', 'sixth'])
      .op('swish', 'Mul', ['conv', 'gate'])
      .constant('v', [1, 1, 4, 3])
      .op('logits', 'Conv2D', ['swish', 'v'], window(1, 'VALID'))
      .load();
    const teacher = await openGraphTeacher(model);
    expect(planStudent(teacher, {}).nodes.map(({ name }) => name)).toEqual(['conv', 'swish', 'logits']);
    expect(teacher.nodes.find(({ name }) => name === 'swish')).toMatchObject({
      operation: { kind: 'function', form: { kind: 'hardSwish' } },
      inputs: ['conv'],
    });
    const x = image();
    const got = teacher.evaluate(new Map([['image', x]]), ['swish']).get('swish') as tf.Tensor;
    const wanted = model.execute({ image: x }, 'swish') as tf.Tensor;
    expect(tf.max(tf.abs(tf.sub(got, wanted))).dataSync()[0]).toBe(0);
  });

  test('refuses an input of unknown size and weights that are not finite', async () => {
    const unknown = new Graph().input('image', [-1, -1, 2]).op('out', 'Relu', ['image']);
    await expect(openGraphTeacher(await unknown.load())).rejects.toMatchObject({
      code: 'UNKNOWN_TEACHER_SHAPE',
    });
    const broken = new Graph().input('x', [2]).constant('c', [2], [1, NaN]).op('out', 'Mul', ['x', 'c']);
    await expect(openGraphTeacher(await broken.load())).rejects.toMatchObject({ code: 'NON_FINITE_WEIGHTS' });
  });

  test('a graph model is told from a layers model, which can be executed and saved as well', async () => {
    expect(isGraphModel(await network().load())).toBe(true);
    expect(isGraphModel(tfl.sequential({ layers: [tfl.layers.flatten({ inputShape: [2, 2] })] }))).toBe(
      false,
    );
    expect([null, {}, 'graph'].some(isGraphModel)).toBe(false);
  });

  test('two openings of one model have one digest, another constant gives another', async () => {
    const digest = async (value: number) =>
      (
        await openGraphTeacher(
          await new Graph().input('x', [2]).constant('c', [], [value]).op('o', 'Mul', ['x', 'c']).load(),
        )
      ).digest;
    expect(await digest(2)).toBe(await digest(2));
    expect(await digest(2)).not.toBe(await digest(3));
  });
});
