import { describe, expect, test } from '@jest/globals';
import { typescriptBackend, wasmBackend, type KernelBackend, type Op } from '@bnfree/integer-kernels';
import { demandingBackend } from '../../test/demandingBackend.js';
import { byShift, chain, numberSource, randomWeights, spec } from '../../test/graphBuilder.js';
import { randomGraph } from '../../test/randomGraph.js';
import { randomInputs } from '../../test/randomInputs.js';
import { convNet } from '../../test/sampleGraphs.js';
import { assertGraph } from '../graph/checkGraph.js';
import type { IntegerGraph } from '../graph/integerGraph.js';
import { denseByteLength } from '../graph/tensorSize.js';
import { prepareExecution, readChunk, writeChunk, type Execution } from '../model/execution.js';
import { planMemory } from './planMemory.js';

const seeds = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** Output bytes of the second of two runs, so that what the first one left behind matters. */
async function runTwice(execution: Execution): Promise<Uint8Array[]> {
  const { batchSize } = execution.plan;
  const outputs = execution.outputs.map(({ tensor }) => new Uint8Array(denseByteLength(tensor)));
  for (let run = 0; run < 2; run++) {
    const tensors = execution.inputs.map(({ tensor }) => tensor);
    const inputs = randomInputs(tensors, 7 + run).map(({ buffer }) => new Uint8Array(buffer));
    writeChunk(execution, inputs, 0, batchSize);
    for (const step of execution.steps) {
      await step.call?.run();
    }
    readChunk(execution, outputs, 0, batchSize);
  }
  return outputs;
}

async function expectSameBytes(
  graph: IntegerGraph,
  batchSize: number,
  backends: readonly KernelBackend[],
): Promise<void> {
  const reference = await prepareExecution(graph, typescriptBackend(), batchSize, false);
  const expected = await runTwice(reference);
  for (const backend of backends) {
    for (const reuse of [true, false]) {
      const outputs = await runTwice(await prepareExecution(graph, backend, batchSize, reuse));
      const label = `${graph.name} on ${backend.name}, reuse ${reuse}`;
      expect({ label, outputs }).toEqual({ label, outputs: expected });
    }
  }
}

describe('planMemory', () => {
  test('no two tensors that live at the same time share memory, and all of them lie in the arena', () => {
    for (const seed of seeds(100)) {
      const plan = planMemory(randomGraph(seed, 12), { backend: demandingBackend(), batchSize: 2 });
      plan.values.forEach((a, index) => {
        const end = a.view.byteOffset + a.byteLength + a.layout.tailBytes;
        if (a.view.byteOffset % 16 !== 0 || end > plan.report.arenaBytes) {
          throw new Error(`seed ${seed}: ${a.name} lies at ${a.view.byteOffset} .. ${end}`);
        }
        for (const b of plan.values.slice(index + 1)) {
          if (a.root === b.root || a.firstStep > b.lastStep || b.firstStep > a.lastStep) continue;
          const isApart =
            a.view.byteOffset + a.byteLength <= b.view.byteOffset ||
            b.view.byteOffset + b.byteLength <= a.view.byteOffset;
          if (!isApart) throw new Error(`seed ${seed}: ${a.name} and ${b.name} share memory`);
        }
      });
    }
  });

  test('memory of a halo that is read holds only values whose halo is the same, bytes and place', () => {
    let shared = 0;
    const backend = demandingBackend();
    for (const seed of seeds(1500)) {
      const plan = planMemory(randomGraph(seed, 14), {
        backend,
        batchSize: 1 + (seed % 2),
      });
      const halos = plan.haloFills.map((index) => plan.values[index]);
      expect(halos).toEqual(plan.values.filter(({ haloValue }) => haloValue !== null));
      for (const a of halos) {
        for (const b of plan.values) {
          const begin = Math.max(a.view.byteOffset, b.view.byteOffset);
          const end = Math.min(a.view.byteOffset + a.byteLength, b.view.byteOffset + b.byteLength);
          if (a === b || begin >= end) continue;
          const halo = ({ view, layout, tensor, haloValue, byteLength }: typeof a) => {
            const image = tensor.shape.slice(0, 3);
            return { view, layout, image, type: tensor.type === 'int32', haloValue, byteLength };
          };
          expect({ seed, b: halo(b) }).toEqual({ seed, b: halo(a) });
          shared += 1;
        }
      }
    }
    expect(shared).toBeGreaterThan(0);
  });

  test('a deep chain of equal convolutions takes memory for two images with their halo', async () => {
    const image = spec([1, 6, 5, 4]);
    const random = numberSource(5);
    const conv = (): Op => ({
      op: 'conv2d',
      inputs: [image],
      output: image,
      weights: randomWeights([4, 3, 3, 4], random),
      strides: [1, 1],
      dilations: [1, 1],
      padding: { top: 1, bottom: 1, left: 1, right: 1, value: 3 },
      groups: 1,
      requantization: byShift(8),
    });
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const graph = chain(
      image,
      names.map((name) => [name, conv()]),
    );
    assertGraph(graph);
    const { values } = planMemory(graph, { backend: demandingBackend() });
    const [input, ...rest] = values;
    expect(values.map(({ haloValue }) => haloValue)).toEqual([3, 3, 3, 3, 3, 3, null]);
    // The input has no padded channels, the outputs have: it cannot share with them.
    expect(rest.slice(0, -1).filter(({ view }) => view.byteOffset === input.view.byteOffset)).toEqual([]);
    expect(new Set(rest.slice(0, -1).map(({ view }) => view.byteOffset)).size).toBe(2);
    await expectSameBytes(graph, 2, [demandingBackend()]);
  });

  test('random graphs meet relayouts, aliases and halos, of inputs too', () => {
    const plans = seeds(150).map((seed) => planMemory(randomGraph(seed, 9), { backend: demandingBackend() }));
    const count = (what: (plan: (typeof plans)[number]) => number) =>
      plans.reduce((all, plan) => all + what(plan), 0);
    expect(count(({ steps }) => steps.filter(({ op }) => op.op === 'relayout').length)).toBeGreaterThan(5);
    expect(count(({ steps }) => steps.filter(({ isAlias }) => isAlias).length)).toBeGreaterThan(5);
    expect(count(({ haloFills }) => haloFills.length)).toBeGreaterThan(5);
    const ofInputs = ({ haloFills, values }: (typeof plans)[number]) =>
      haloFills.filter((index) => values[index].firstStep === -1).length;
    expect(count(ofInputs)).toBeGreaterThan(5);
  });

  test('a backend that demands halos and padded channels gives the same bytes, with and without reuse', async () => {
    for (const seed of seeds(30)) {
      const graph = randomGraph(seed, 9);
      assertGraph(graph);
      await expectSameBytes(graph, 1 + (seed % 3), [typescriptBackend(), demandingBackend()]);
    }
  });

  test('WebAssembly gives the same bytes, with and without reuse', async () => {
    const backend = wasmBackend();
    for (const seed of seeds(16)) {
      await expectSameBytes(randomGraph(seed, 8), 1 + (seed % 3), [backend]);
    }
  });

  test('consumers that want different halo values get a relayout, visible as a step', () => {
    const image = spec([1, 4, 4, 2], 'int8');
    const conv = (value: number) => ({
      op: 'conv2d' as const,
      inputs: [image] as const,
      output: spec([1, 4, 4, 3]),
      weights: randomWeights([3, 3, 3, 2], numberSource(3)),
      strides: [1, 1] as const,
      dilations: [1, 1] as const,
      padding: { top: 1, bottom: 1, left: 1, right: 1, value },
      groups: 1,
      requantization: byShift(8),
    });
    const scale = { multiplier: 1, shift: 0 };
    const graph: IntegerGraph = {
      ...chain(image, []),
      nodes: [
        { name: 'zero', op: conv(0), inputs: ['image'] },
        { name: 'seven', op: conv(7), inputs: ['image'] },
      ],
      outputs: [
        { name: 'a', value: 'zero', scale },
        { name: 'b', value: 'seven', scale },
      ],
    };
    assertGraph(graph);
    const plan = planMemory(graph, { backend: demandingBackend() });
    expect(plan.steps.map(({ name, op }) => `${op.op} ${name}`)).toEqual([
      'conv2d zero',
      'relayout image -> seven',
      'conv2d seven',
    ]);
    expect(plan.values.map(({ haloValue }) => haloValue)).toEqual([0, 7, null, null]);
  });

  test('reuse saves memory on a chain, and the report adds up', () => {
    const { report } = planMemory(convNet(), { backend: demandingBackend(), batchSize: 4 });
    expect(report.activationBytes).toBeLessThan(report.activationBytesWithoutReuse);
    const parts = report.constantBytes + report.scratchBytes + report.activationBytes;
    expect(report.arenaBytes - parts).toBe(16);
  });

  test('a flatten of a contiguous tensor costs nothing', () => {
    const plan = planMemory(convNet(), { backend: typescriptBackend() });
    expect(plan.steps.filter(({ isAlias }) => isAlias).map(({ name }) => name)).toEqual(['flatten']);
  });

  test('more than 2^31 - 1 bytes are MEMORY_LIMIT, before anything is allocated', () => {
    expect(() => planMemory(convNet(), { backend: typescriptBackend(), batchSize: 5000000 })).toThrow(
      expect.objectContaining({ code: 'MEMORY_LIMIT' }),
    );
  });

  test('a product of two run-time matrices has no batch axis: GRAPH_BATCH', () => {
    const a = spec([1, 3]);
    const graph: IntegerGraph = chain(a, [], {
      nodes: [
        {
          name: 'product',
          inputs: ['image', 'image'],
          op: {
            op: 'gemm',
            inputs: [a, a],
            output: spec([1, 1]),
            transposeB: true,
            requantization: byShift(8),
          },
        },
      ],
      outputs: [{ name: 'logits', value: 'product', scale: { multiplier: 1, shift: 0 } }],
    });
    assertGraph(graph);
    expect(() => planMemory(graph, { backend: typescriptBackend(), batchSize: 2 })).toThrow(
      expect.objectContaining({ code: 'GRAPH_BATCH' }),
    );
  });
});
