import { assertGraph, graphDigest, IntegerModel } from '@bnfree/core';
import { describe, expect, test } from '@jest/globals';
import { alexNet } from '../src/networks/alexNet.js';
import { cifarAlexNet } from '../src/networks/cifarAlexNet.js';
import { inceptionV3 } from '../src/networks/inceptionV3.js';
import { mobileNetV2 } from '../src/networks/mobileNetV2.js';
import { randomActivations } from '../src/networks/randomActivations.js';
import { resNet18 } from '../src/networks/resNet18.js';
import { workList } from '../src/work/workList.js';

describe('the work list', () => {
  const items = workList();

  test('has ids that are unique and plain', () => {
    const ids = items.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[a-z0-9+x./-]+$/.test(id))).toEqual([]);
  });

  test('covers every kind of work, and a quick run a part of each', () => {
    const kinds = (some: typeof items): string[] => [...new Set(some.map(({ id }) => id.split('/')[0]))];
    expect(kinds(items)).toEqual(
      expect.arrayContaining(['alexnet', 'gemm', 'depthwise', 'pointwise', 'resnet18']),
    );
    expect(kinds(items.filter(({ isQuick }) => isQuick))).toEqual(
      kinds(items).filter((kind) => kind !== 'cifar-alexnet'),
    );
  });

  test('has one node where an op is timed by itself', () => {
    const small = items.filter(
      ({ id, scope }) => scope === 'op' && /^(add|concat|pool|depthwise|gemm.512)/.test(id),
    );
    expect(small.length).toBeGreaterThan(15);
    expect(small.filter(({ graph }) => graph().nodes.length !== 1)).toEqual([]);
  });
});

test('InceptionV3 has its 94 convolutions', () => {
  expect(inceptionV3().nodes.filter(({ op }) => op.op === 'conv2d').length).toBe(94);
});

describe('random networks', () => {
  const networks = {
    alexNet: alexNet({ size: 67, width: 1 / 16 }),
    'alexNet W2A4': alexNet({ shape: 'original', size: 67, width: 1 / 16, bits: 4, weightBits: 2 }),
    cifarAlexNet: cifarAlexNet(4),
    resNet18: resNet18({ size: 64, width: 8 }),
    mobileNetV2: mobileNetV2({ size: 32 }),
    inceptionV3: inceptionV3({ size: 75 }),
  };

  test.each(Object.entries(networks))('%s is valid and its activations are alive', async (_, graph) => {
    assertGraph(graph);
    // Every value becomes an output, so that all can be looked at.
    const values = graph.nodes.filter(({ op }) => op.op !== 'reshape');
    const outputs = values.map(({ name }) => ({ name, value: name, scale: { multiplier: 1, shift: 0 } }));
    const model = await IntegerModel.fromGraph({ ...graph, outputs });
    const result = await model.run(randomActivations(graph.inputs[0].tensor, 1, 7));
    for (const { name, op } of values) {
      const { quantMax } = op.output;
      const stored = result.outputs[name];
      const nonzero = stored.filter((value) => value !== 0).length / stored.length;
      const saturated = stored.filter((value) => value === quantMax).length / stored.length;
      expect({ name, isAlive: nonzero > 0.1, isSaturated: saturated > 0.1 }).toEqual({
        name,
        isAlive: true,
        isSaturated: false,
      });
    }
    await model.dispose();
  });

  test('are the same at every call', () => {
    expect(graphDigest(cifarAlexNet(4))).toBe(graphDigest(networks.cifarAlexNet));
  });
});
