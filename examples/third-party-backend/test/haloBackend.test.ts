import { describe, expect, test } from '@jest/globals';
import { type KernelBackend, type Op, placeOperands } from '@bnfree/integer-kernels';
import { checkBackend, conformanceCase } from '@bnfree/integer-kernels/conformance';
import { haloBackend } from '../src/haloBackend.js';

async function kernelOf(op: Op, layouts: 'requested' | 'dense'): Promise<string> {
  const backend = haloBackend();
  const places = placeOperands(backend, op, { layouts });
  const arena = await backend.allocate(places.byteLength);
  return (await backend.prepare(op, { ...places, arena })).kernel;
}

const ops = (name: 'conv2d' | 'maxPool2d' | 'add'): Op[] =>
  Array.from({ length: 30 }, (_, seed) => conformanceCase(name, { seed, size: 'small' }).op);

describe('haloBackend', () => {
  test('passes the conformance suite', async () => {
    expect(await checkBackend(haloBackend(), { runs: 40 })).toEqual([]);
  });

  test.each(['conv2d', 'maxPool2d'] as const)(
    'runs %s itself in the layouts that it asks for',
    async (name) => {
      const names = await Promise.all(ops(name).map((op) => kernelOf(op, 'requested')));
      expect(names.filter((kernel) => kernel === `halo ${name}`).length).toBeGreaterThan(15);
    },
  );

  test('leaves to the reference what it has no kernel for, and images without their halo', async () => {
    for (const op of ops('add')) expect(await kernelOf(op, 'requested')).toBe('typescript add');
    const padded = ops('maxPool2d').filter((op) => op.op === 'maxPool2d' && op.padding.top > 0);
    expect(padded.length).toBeGreaterThan(3);
    for (const op of padded) expect(await kernelOf(op, 'dense')).toBe('typescript maxPool2d');
  });

  test('would not pass with another value in the halo', async () => {
    const backend = haloBackend();
    const wrong: KernelBackend = {
      ...backend,
      layout(op) {
        const layouts = backend.layout(op);
        const inputs = layouts.inputs.map((request, i) => ({
          ...request,
          haloValue: request.haloValue === null ? null : op.inputs[i].quantMax,
        }));
        return { ...layouts, inputs };
      },
    };
    const issues = await checkBackend(wrong, { ops: ['conv2d', 'maxPool2d'] });
    expect(new Set(issues.map(({ code }) => code))).toEqual(new Set(['CONFORMANCE_OUTPUT']));
  });
});
