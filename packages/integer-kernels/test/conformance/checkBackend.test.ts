import { describe, expect, test } from '@jest/globals';
import { checkBackend, conformanceCase, type CheckBackendOptions } from '../../src/conformance/index.js';
import {
  type KernelBackend,
  type KernelCall,
  type OpName,
  type OperandViews,
  checkOp,
  opNames,
  typescriptBackend,
} from '../../src/index.js';

const reference = typescriptBackend();
const few: CheckBackendOptions = { ops: ['maxPool2d'], runs: 6, sizes: ['small'] };

/** The reference with another way to run what it prepared. */
function running(run: (call: KernelCall, views: OperandViews) => Promise<void>): KernelBackend {
  return {
    ...reference,
    async prepare(op, views) {
      const call = await reference.prepare(op, views);
      return { kernel: 'broken', run: () => run(call, views) };
    },
  };
}

const codesOf = async (backend: KernelBackend, options = few): Promise<string[]> => [
  ...new Set((await checkBackend(backend, options)).map(({ code }) => code)),
];

describe('checkBackend', () => {
  test('finds nothing in the reference', async () => {
    expect(await checkBackend(reference, { runs: 2 })).toEqual([]);
  });

  test('says how to see a wrong byte alone, and there it is', async () => {
    const wrong = running(async (call, { arena, output }) => {
      await call.run();
      // Only ops of more than 40 bytes of output are wrong.
      if (arena.byteLength > 700) arena.bytes[output.byteOffset] ^= 1;
    });
    const issues = (await checkBackend(wrong, { ...few, ops: ['relayout'], runs: 20 })).filter(
      ({ code }) => code === 'CONFORMANCE_OUTPUT',
    );
    expect(issues.length).toBeGreaterThan(0);
    const [{ path, message, fix }] = issues;
    expect(message).toMatch(
      /^got -?\d+ at 0, expected -?\d+ \(1 of \d+ values differ\), by broken: relayout/,
    );
    const [, seed] = /^relayout, seed (\d+), small, layouts \w+$/.exec(path) ?? [];
    expect(fix).toContain(`{ ops: ['relayout'], seed: ${seed}, runs: 1, sizes: ['small'] }`);
    const alone = { ops: ['relayout'], seed: Number(seed), runs: 1, sizes: ['small'] } as const;
    expect(await checkBackend(wrong, alone)).toContainEqual({
      code: 'CONFORMANCE_OUTPUT',
      path,
      message,
      fix,
    });
  });

  test('finds writes outside the output', async () => {
    const stray = running(async (call, { arena, inputs: [input] }) => {
      await call.run();
      arena.bytes[input.byteOffset - 1] += 1;
    });
    expect(await codesOf(stray)).toEqual(['CONFORMANCE_STRAY_WRITE']);
  });

  test('finds runs that depend on the one before', async () => {
    let runs = 0;
    const moody = running(async (call, { arena, output }) => {
      await call.run();
      runs += 1;
      arena.bytes.fill(runs, output.byteOffset, output.byteOffset + 64);
    });
    expect(await codesOf(moody)).toContain('CONFORMANCE_REPEAT');
  });

  test('finds runs that fail, and answers that do', async () => {
    const failing = running(() => Promise.reject(new Error('out of order')));
    const issues = await checkBackend(failing, few);
    expect(issues).toHaveLength(6);
    expect(issues[0]).toMatchObject({
      code: 'CONFORMANCE_FAILURE',
      path: 'maxPool2d, seed 1, small, layouts requested',
    });
    expect(issues[0].message).toMatch(/got out of order/);
    const speechless: KernelBackend = {
      ...reference,
      modules: () => {
        throw new Error('no modules');
      },
    };
    expect(await codesOf(speechless)).toEqual(['CONFORMANCE_FAILURE']);
  });

  test('finds layouts and modules that are none', async () => {
    const backend: KernelBackend = {
      ...reference,
      layout(op) {
        const layouts = reference.layout(op);
        const [input] = layouts.inputs;
        return { ...layouts, inputs: [{ ...input, channelMultiple: 0, haloValue: 0.5 }], scratchBytes: -1 };
      },
      modules: () => [Uint8Array.of(1, 2, 3, 4)],
    };
    const issues = await checkBackend(backend, { ...few, runs: 1 });
    const paths = issues.filter(({ code }) => code === 'CONFORMANCE_LAYOUT').map(({ path }) => path);
    expect(paths).toEqual(
      [
        'layout.inputs[0].channelMultiple',
        'layout.inputs[0].haloValue',
        'layout.scratchBytes',
        'modules[0]',
      ].map((field) => `maxPool2d, seed 1, small, ${field}`),
    );
  });

  test('finds a backend that takes any memory', async () => {
    const greedy: KernelBackend = {
      ...reference,
      layout: (op) => ({ ...reference.layout(op), constantBytes: 1, scratchBytes: 1 }),
      async prepare(op, views) {
        await Promise.resolve();
        return { kernel: 'greedy', run: async () => (await reference.prepare(op, views)).run() };
      },
    };
    const issues = await checkBackend(greedy, { ...few, runs: 1 });
    expect(issues.map(({ code }) => code)).toEqual(new Array<string>(9).fill('CONFORMANCE_REFUSAL'));
  });

  test('finds arenas of another size, and ops that do not exist', async () => {
    const roomy: KernelBackend = {
      ...reference,
      ops: new Set([...opNames, 'softmax' as OpName]),
      allocate: (byteLength) => reference.allocate(byteLength + 1),
    };
    expect(await codesOf(roomy)).toEqual(['CONFORMANCE_OPS', 'CONFORMANCE_ARENA']);
    const broke: KernelBackend = { ...reference, allocate: () => Promise.reject(new Error('no memory')) };
    expect(await codesOf({ ...broke, ops: new Set() }, { runs: 1 })).toEqual(['CONFORMANCE_ARENA']);
  });

  test('finds calls of prepareAll that are mixed up, missing or wrong', async () => {
    const one = reference.prepare.bind(reference);
    const together = (prepareAll: NonNullable<KernelBackend['prepareAll']>) =>
      codesOf({ ...reference, prepareAll }, { ops: ['dense', 'add'], runs: 1, sizes: ['small'] });
    expect(await together((placed) => Promise.all(placed.map(({ op, views }) => one(op, views))))).toEqual(
      [],
    );
    const first: NonNullable<KernelBackend['prepareAll']> = async ([{ op, views }]) => [await one(op, views)];
    expect(await together(first)).toEqual(['CONFORMANCE_TOGETHER']);
    expect(await together(async (placed) => [...(await first(placed)), ...(await first(placed))])).toEqual([
      'CONFORMANCE_TOGETHER',
    ]);
    expect(await together(() => Promise.reject(new Error('not yet')))).toEqual(['CONFORMANCE_TOGETHER']);
  });

  test('finds a sequence that leaves a call out, and one that fails', async () => {
    const sequenced = (sequence: NonNullable<KernelBackend['sequence']>) =>
      codesOf({ ...reference, sequence }, { ops: ['dense', 'add'], runs: 1, sizes: ['small'] });
    const all: NonNullable<KernelBackend['sequence']> = (calls) => ({
      kernel: 'all',
      async run() {
        for (const call of calls) await call.run();
      },
    });
    expect(await sequenced(all)).toEqual([]);
    expect(await sequenced((calls) => all(calls.slice(1)))).toEqual(['CONFORMANCE_TOGETHER']);
    expect(
      await sequenced(() => ({ kernel: 'none', run: () => Promise.reject(new Error('stuck')) })),
    ).toEqual(['CONFORMANCE_TOGETHER']);
  });

  test('refuses options that it does not know or cannot use', async () => {
    const options = { op: ['add'], ops: ['adds'], seed: -1, runs: 0, sizes: ['huge'] } as object;
    await expect(checkBackend(reference, options)).rejects.toMatchObject({
      issues: [
        { code: 'UNKNOWN_OPTION', fix: 'did you mean ops?' },
        { code: 'INVALID_OPTION', path: 'options.ops' },
        { code: 'INVALID_OPTION', path: 'options.seed' },
        { code: 'INVALID_OPTION', path: 'options.runs' },
        { code: 'INVALID_OPTION', path: 'options.sizes' },
      ],
    });
  });
});

describe.each(opNames)('conformanceCase %s', (name) => {
  test('draws valid ops, the same for the same seed, others for others', () => {
    const drawn = Array.from({ length: 40 }, (_, seed) => conformanceCase(name, { seed, size: 'large' }));
    expect(drawn.flatMap(({ op }) => checkOp(op))).toEqual([]);
    expect(conformanceCase(name, { seed: 7, size: 'large' })).toEqual(drawn[7]);
    expect(new Set(drawn.map(({ op }) => JSON.stringify(op))).size).toBeGreaterThan(35);
  });
});
