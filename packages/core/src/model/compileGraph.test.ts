import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { typescriptBackend } from '@bnfree/integer-kernels';
import { numberSource } from '../../test/graphBuilder.js';
import { randomGraph } from '../../test/randomGraph.js';
import { convNet } from '../../test/sampleGraphs.js';
import { compileFile } from '../cli/compileFile.js';
import { verifyFile } from '../cli/verifyFile.js';
import {
  compileGraph,
  IntegerModel,
  verify,
  writeArtifact,
  writeModules,
  type IntegerGraph,
} from '../index.js';

const { Module, compile, instantiate } = WebAssembly;
const { Instance } = WebAssembly;

/** From here on this realm compiles nothing, as pages without 'wasm-unsafe-eval'. */
function forbidCompilation(): void {
  const refuse = (): never => {
    throw new WebAssembly.CompileError('refused by the policy');
  };
  WebAssembly.Module = new Proxy(Module, { construct: refuse });
  WebAssembly.compile = () => Promise.reject(new WebAssembly.CompileError('refused by the policy'));
  WebAssembly.instantiate = ((source: unknown, imports: WebAssembly.Imports) =>
    source instanceof Module
      ? Promise.resolve(new Instance(source, imports))
      : refuse()) as typeof instantiate;
}

afterEach(() => {
  Object.assign(WebAssembly, { Module, compile, instantiate });
});

const byCode = (code: string): unknown => expect.objectContaining({ name: 'BnfreeError', code });

async function compiled(graph: IntegerGraph, options = {}): Promise<WebAssembly.Module[]> {
  const { base, relaxed } = compileGraph(graph, options);
  const supported = [base, ...(relaxed === undefined ? [] : [relaxed])].filter((bytes) =>
    WebAssembly.validate(bytes as Uint8Array<ArrayBuffer>),
  );
  return Promise.all(supported.map((bytes) => compile(bytes as Uint8Array<ArrayBuffer>)));
}

function inputsOf(graph: IntegerGraph, count: number): Record<string, Uint8Array | Int8Array> {
  const random = numberSource(9);
  const entries = graph.inputs.map(({ name, tensor: { shape, type, quantMin, quantMax } }) => {
    const length = count * shape.reduce((all, size) => all * size, 1);
    const values = Array.from({ length }, () => random(quantMin, quantMax));
    return [name, type === 'uint8' ? Uint8Array.from(values) : Int8Array.from(values)] as const;
  });
  return Object.fromEntries(entries);
}

describe('modules that are written ahead of time', () => {
  test('run a model where nothing may be compiled, with the bytes of the reference', async () => {
    for (const [graph, options] of [
      [convNet(), {}],
      [convNet(), { batchSize: 3, memory: 'small' }],
      [convNet(), { threads: true }],
      [randomGraph(4, 12), {}],
      [randomGraph(7, 12), { batchSize: 2 }],
    ] as const) {
      const { batchSize = 1, memory = 'fast' } = options as { batchSize?: number; memory?: 'fast' | 'small' };
      const modules = await compiled(graph, options);
      const reference = await IntegerModel.fromGraph(graph, { backend: typescriptBackend(), batchSize });
      const expected = await reference.run(inputsOf(graph, 4));
      forbidCompilation();
      const model = await IntegerModel.fromGraph(graph, { modules, batchSize, memory });
      expect((await model.run(inputsOf(graph, 4))).outputs).toEqual(expected.outputs);
      await model.dispose();
      await expect(IntegerModel.fromGraph(graph)).rejects.toEqual(byCode('WASM_COMPILE'));
      Object.assign(WebAssembly, { Module, compile, instantiate });
    }
  });

  test('are the same bytes for the same graph, and may be given as bytes', async () => {
    const { base } = compileGraph(convNet());
    expect(compileGraph(convNet()).base).toEqual(base);
    const model = await IntegerModel.fromGraph(convNet(), { modules: [base] });
    const reference = await IntegerModel.fromGraph(convNet(), { backend: typescriptBackend() });
    const input = inputsOf(convNet(), 2);
    expect((await model.run(input)).output).toEqual((await reference.run(input)).output);
    await model.dispose();
  });

  test('run on one thread unless they were written for more', async () => {
    const threadsOf = async (options: object): Promise<[number, number]> => {
      const modules = await compiled(convNet(), options);
      const model = await IntegerModel.fromGraph(convNet(), { modules, threads: 3 });
      const { threads, notes } = model.describe().backend.capabilities;
      await model.dispose();
      return [threads, notes.length];
    };
    expect(await threadsOf({})).toEqual([1, 1]);
    expect(await threadsOf({ threads: true })).toEqual([3, 0]);
  });

  test('that do not fit are an error that names the layers', async () => {
    const modules = await compiled(convNet());
    await expect(IntegerModel.fromGraph(convNet(), { modules, batchSize: 2 })).rejects.toThrow(
      /without the kernels of conv1, /,
    );
    await expect(IntegerModel.fromGraph(randomGraph(3), { modules })).rejects.toEqual(
      byCode('MODULE_KERNEL_MISSING'),
    );
    const other = new Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
    for (const unknown of [other, Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0), new Uint8Array(40)]) {
      await expect(IntegerModel.fromGraph(convNet(), { modules: [unknown] })).rejects.toEqual(
        byCode('MODULE_UNKNOWN'),
      );
    }
    const mixed = [...modules, ...(await compiled(convNet(), { threads: true }))];
    await expect(IntegerModel.fromGraph(convNet(), { modules: mixed })).rejects.toEqual(
      byCode('INVALID_OPTION'),
    );
    await expect(
      IntegerModel.fromGraph(convNet(), { modules: ['model.wasm'] as unknown as Uint8Array[] }),
    ).rejects.toEqual(byCode('INVALID_OPTION'));
    expect(() => compileGraph(convNet(), { batchSize: 0 })).toThrow(byCode('INVALID_VALUE'));
    expect(() => compileGraph(convNet(), { memroy: 'small' } as object)).toThrow(/did you mean memory/);
  });

  test('are written beside the artifact, and verified with it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bnfree-'));
    const path = join(folder, 'model.bnfree');
    await writeArtifact(path, convNet());
    const before = (await verifyFile(path)).data as { modules: number };
    const [{ path: base, byteLength }] = await writeModules(path);
    const bytes = await readFile(base);
    expect([base, bytes.length]).toEqual([join(folder, 'model.wasm'), byteLength]);
    expect(new Uint8Array(bytes)).toEqual(compileGraph(convNet()).base);
    const names = ['model.bnfree', 'model.relaxed.wasm', 'model.wasm'];
    expect(names).toEqual(expect.arrayContaining(await readdir(folder)));
    const after = await verifyFile(path);
    expect(after.isOk).toBe(true);
    expect((after.data as { modules: number }).modules).toBeGreaterThan(before.modules);
    const written = await compileFile({ threads: true })(path);
    expect(written.text).toContain(base);
    expect(new Uint8Array(await readFile(base))).toEqual(compileGraph(convNet(), { threads: true }).base);
    await rm(folder, { recursive: true });
  });

  test('a float in one of them is found', () => {
    // (module (func (result f32) f32.const 0))
    const code = [3, 2, 1, 0, 10, 9, 1, 7, 0, 0x43, 0, 0, 0, 0, 0x0b];
    const bytes = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7d, ...code);
    expect(verify(convNet(), { modules: [compileGraph(convNet()).base] }).issues).toEqual([]);
    const { passed, issues } = verify(convNet(), { modules: [bytes] });
    expect(passed).toBe(false);
    expect(issues).toMatchObject([{ code: 'VERIFY_FLOAT_OPCODE', path: 'modules[0]' }]);
  });
});
