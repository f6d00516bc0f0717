import { describe, expect, test } from '@jest/globals';
import { typescriptBackend, wasmBackend, type KernelBackend } from '@bnfree/integer-kernels';
import loadWabt from 'wabt';
import { openArtifact } from '../../test/artifactFile.js';
import { randomGraph } from '../../test/randomGraph.js';
import { convNet } from '../../test/sampleGraphs.js';
import { encodeArtifact, IntegerModel } from '../index.js';
import { findFloats } from './findFloats.js';
import { floatsInArtifact } from './floatsInArtifact.js';
import { verify } from './verify.js';

describe('verify', () => {
  test('proves a file, a graph and a model alike', async () => {
    const model = await IntegerModel.fromGraph(convNet());
    const reports = [encodeArtifact(convNet()), convNet(), model].map((target) => verify(target));
    for (const report of reports) {
      expect(report).toMatchObject({ passed: true, floats: [], floatOpcodes: 0, issues: [] });
      expect(report.layers.map(({ name }) => name)).toEqual(convNet().nodes.map(({ name }) => name));
      expect(report.minHeadroomBits).toBe(Math.min(...report.layers.map(({ headroomBits }) => headroomBits)));
      expect(report.modules).toBeGreaterThan(5);
      expect(report.instructions).toBeGreaterThan(report.modules);
    }
  });

  test('proves random graphs with branches, batches and relayouts', async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const model = await IntegerModel.fromGraph(randomGraph(seed), { batchSize: 3 });
      expect(verify(model).issues).toEqual([]);
    }
  });

  test('finds a float instruction in a module that a backend can emit', async () => {
    const wabt = await loadWabt();
    const text = '(module (func (param f32) (result f32) local.get 0 local.get 0 f32.add))';
    const { buffer } = wabt.parseWat('float.wat', text).toBinary({});
    const backend: KernelBackend = {
      ...wasmBackend(),
      name: 'floating',
      modules: (op) => (op.op === 'conv2d' ? [buffer] : []),
    };
    const report = verify(convNet(), { backends: [typescriptBackend(), backend] });
    expect(report).toMatchObject({ passed: false, modules: 1, floatOpcodes: 1 });
    expect(report.issues).toMatchObject([{ code: 'VERIFY_FLOAT_OPCODE', path: 'floating conv1' }]);
  });

  test('a module that cannot be read fails', () => {
    const backend: KernelBackend = {
      ...wasmBackend(),
      modules: () => [Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 77, 0)],
    };
    const report = verify(convNet(), { backends: [backend] });
    expect(report.passed).toBe(false);
    expect(report.issues[0].code).toBe('WASM_UNREADABLE');
  });

  test('a broken file fails with its issues instead of throwing', () => {
    const bytes = encodeArtifact(convNet());
    bytes[bytes.length - 1] ^= 1;
    expect(verify(bytes)).toMatchObject({ passed: false, layers: [], issues: [{ code: 'ARTIFACT_DIGEST' }] });
  });

  test('an accumulator that can overflow fails', () => {
    const graph = convNet();
    const [first, ...rest] = graph.nodes;
    const op = { ...first.op, bias: new Int32Array(5).fill(2147483647) } as typeof first.op;
    const report = verify({ ...graph, nodes: [{ ...first, op }, ...rest] });
    expect(report.passed).toBe(false);
    expect(report.issues[0].path).toContain('conv1');
  });

  test('refuses unknown options', () => {
    expect(() => verify(convNet(), { backend: wasmBackend() } as object)).toThrow(/did you mean backends/);
  });
});

describe('floatsInArtifact', () => {
  test('finds fractions, exponents and float tensors in the raw text', () => {
    const file = openArtifact(encodeArtifact(convNet()));
    file.metadata.graph = file.metadata.graph.replace('"groups":1', '"groups":1.0');
    file.tensors['conv1.bias'].dtype = 'F32';
    const header = new TextEncoder().encode(JSON.stringify({ __metadata__: file.metadata, ...file.tensors }));
    const bytes = new Uint8Array(8 + header.length);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
    bytes.set(header, 8);
    expect(floatsInArtifact(bytes)).toEqual(['1.0', 'conv1.bias: F32']);
  });

  test.each([
    ['{"a":1,"b":[-2,0,30],"c":"1.5 \\" 2.5","d":true,"e":null}', []],
    ['[1.5]', ['1.5']],
    ['[1e3,2E+1]', ['1e3', '2E+1']],
    ['[-0,.5,+1,01]', ['-0', '.5', '+1', '01']],
    ['[NaN,Infinity,-Infinity]', ['NaN', 'Infinity', '-Infinity']],
  ])('findFloats(%j)', (json, floats) => {
    expect(findFloats(json)).toEqual(floats);
  });
});
