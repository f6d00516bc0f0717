import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { IntegerModel } from '@bnfree/core';
import { typescriptBackend, type KernelBackend, type Op, type OperandViews } from '@bnfree/integer-kernels';
import { drawGraphCase } from '../src/fuzz/graphCase.js';
import { fuzzGraphs, type FuzzOrder } from '../src/fuzz/fuzzGraphs.js';
import { saveCase } from '../src/fuzz/saveCase.js';
import { openWays } from '../src/fuzz/waysToRun.js';

const order: FuzzOrder = { seed: 1, runs: 40, seconds: 600, nodes: undefined };
const silent = () => undefined;

/** The reference, with something done after each run of an op. */
function meddling(meddle: (op: Op, views: OperandViews) => void): KernelBackend {
  const reference = typescriptBackend();
  return {
    ...reference,
    async prepare(op, views) {
      const call = await reference.prepare(op, views);
      const run = async () => {
        await call.run();
        meddle(op, views);
      };
      return { kernel: 'meddling', run };
    },
  };
}

const fuzz = (backend: KernelBackend, isMemoryReused = true) =>
  fuzzGraphs(order, () => [{ label: 'meddling', backend, isMemoryReused }], silent);

describe('fuzzGraphs', () => {
  test('finds nothing in the kernels, in any way to run them', async () => {
    const report = await fuzzGraphs({ ...order, runs: 12 }, openWays, silent);
    expect(report.failures).toEqual([]);
    expect(report.graphs).toBe(12);
    expect(report.comparisons).toBeGreaterThanOrEqual(12 * 6);
  });

  test('reduces one wrong kernel to one node, and says what to type', async () => {
    const backend = meddling(({ op, output: { type } }, { arena, output }) => {
      if (op === 'add' && type !== 'int32') arena.bytes[output.byteOffset] ^= 1;
    });
    const { failures } = await fuzz(backend);
    expect(failures.length).toBeGreaterThan(0);
    for (const { seed, reduced, command, smallest } of failures) {
      expect(smallest.graph.nodes.map(({ op }) => op.op)).toEqual(['add']);
      expect({ images: smallest.images, batchSize: smallest.batchSize }).toEqual({ images: 1, batchSize: 1 });
      expect(reduced.description).toContain('"op":"add"');
      expect(command).toBe(`pnpm -s fuzz --seed ${seed} --runs 1`);
    }
    const again = await fuzzGraphs(
      { ...order, seed: failures[0].seed, runs: 1 },
      () => [{ label: 'meddling', backend, isMemoryReused: true }],
      silent,
    );
    expect(again.failures).toEqual(failures.slice(0, 1));
  });

  test('finds a kernel that writes into the memory of another value', async () => {
    const backend = meddling(({ op }, { arena, output }) => {
      if (op === 'conv2d' && output.byteOffset >= 16)
        arena.bytes.fill(7, output.byteOffset - 16, output.byteOffset);
    });
    const { failures } = await fuzz(backend);
    expect(failures.length).toBeGreaterThan(0);
    const nodes = (of: (failure: (typeof failures)[number]) => number) =>
      failures.reduce((all, failure) => all + of(failure), 0);
    const drawn = nodes(({ seed }) => drawGraphCase(seed).graph.nodes.length);
    expect(nodes(({ reduced }) => reduced.nodes)).toBeLessThan(drawn);
  });

  test('tells a kernel that throws', async () => {
    const backend: KernelBackend = { ...typescriptBackend(), prepare: () => Promise.reject(new Error('no')) };
    const { failures } = await fuzz(backend);
    expect(failures[0].difference).toBe('got Error: no, expected a result');
  });

  test('saves a case as an artifact whose self-test tells right from wrong', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bnfree-fuzz-'));
    const file = join(folder, 'case.bnfree');
    await saveCase(drawGraphCase(3), file);
    const model = await IntegerModel.load(file);
    expect((await model.selfTest()).passed).toBe(true);
    await model.dispose();
    await rm(folder, { recursive: true });
  });
});
