import { describe, expect, test } from '@jest/globals';
import { closeArtifact, frame, openArtifact, type ArtifactFile } from '../../test/artifactFile.js';
import { convNet } from '../../test/sampleGraphs.js';
import { decodeArtifact, encodeArtifact } from '../index.js';

const valid = encodeArtifact(convNet());

/** A valid file after an edit, with the right digest for what it then says. */
function edited(edit: (file: ArtifactFile) => void): Uint8Array {
  const file = openArtifact(valid);
  edit(file);
  return closeArtifact(file);
}

/** A valid file whose graph text was changed. */
function withGraphText(change: (text: string) => string): Uint8Array {
  return edited((file) => {
    const before = file.metadata.graph;
    file.metadata.graph = change(before);
    if (file.metadata.graph === before) throw new Error('the edit changed nothing');
  });
}

function expectCode(bytes: Uint8Array, code: string): void {
  expect(() => decodeArtifact(bytes)).toThrow(expect.objectContaining({ name: 'BnfreeError', code }));
}

describe('decodeArtifact refuses', () => {
  test('what is not safetensors', () => {
    expectCode(new TextEncoder().encode('\u0089PNG and some more bytes'), 'ARTIFACT_NOT_SAFETENSORS');
    expectCode(new Uint8Array(64), 'ARTIFACT_NOT_SAFETENSORS');
    expectCode(new Uint8Array(3), 'ARTIFACT_TRUNCATED');
    expectCode(
      frame('{"a":"\u00e4"}', new Uint8Array(0)).map((byte) => (byte === 0xc3 ? 0xff : byte)),
      'ARTIFACT_NOT_SAFETENSORS',
    );
  });

  test('another safetensors file', () => {
    expectCode(frame('{}', new Uint8Array(0)), 'ARTIFACT_FORMAT');
    expectCode(frame('{"__metadata__":{"format":"pt"}}', new Uint8Array(0)), 'ARTIFACT_FORMAT');
  });

  test('another version', () => {
    expectCode(
      edited(({ metadata }) => {
        metadata.version = '2';
      }),
      'ARTIFACT_VERSION',
    );
  });

  test('every truncation', () => {
    for (let length = 0; length < valid.length; length += 7) {
      expect(() => decodeArtifact(valid.subarray(0, length))).toThrow(
        expect.objectContaining({ code: 'ARTIFACT_TRUNCATED' }),
      );
    }
  });

  test('trailing bytes', () => {
    const longer = new Uint8Array(valid.length + 1);
    longer.set(valid);
    expectCode(longer, 'ARTIFACT_TRAILING_BYTES');
  });

  test('every flipped bit of the payload', () => {
    const { payload } = openArtifact(valid);
    const start = valid.length - payload.length;
    for (let at = start; at < valid.length; at += 11) {
      const flipped = valid.slice();
      flipped[at] ^= 1 << (at % 8);
      expectCode(flipped, 'ARTIFACT_DIGEST');
    }
  });

  test('a wrong digest', () => {
    const file = openArtifact(valid);
    const text = JSON.stringify({
      __metadata__: { ...file.metadata, sha256: '0'.repeat(64) },
      ...file.tensors,
    });
    expectCode(frame(text, file.payload), 'ARTIFACT_DIGEST');
  });

  test('tensors that overlap', () => {
    expectCode(
      edited(({ tensors }) => {
        tensors['dense1.bias'].data_offsets = tensors['conv1.bias'].data_offsets;
        tensors['dense1.bias'].shape = [5];
      }),
      'ARTIFACT_TENSOR_OVERLAP',
    );
  });

  test('holes between tensors', () => {
    expectCode(
      edited(({ tensors }) => {
        delete tensors['dense1.bias'];
      }),
      'ARTIFACT_TENSOR_HOLE',
    );
  });

  test('shapes that do not fit their bytes, also hostile ones', () => {
    for (const shape of [[6], [2 ** 40, 2 ** 40], [Number.MAX_SAFE_INTEGER], [0], []]) {
      expectCode(
        edited(({ tensors }) => {
          tensors['conv1.bias'].shape = shape;
        }),
        'ARTIFACT_TENSOR_SIZE',
      );
    }
  });

  test('element types that are not integers of the format', () => {
    for (const dtype of ['F32', 'F16', 'BF16', 'I64', 'BOOL', 'constructor']) {
      expectCode(
        edited(({ tensors }) => {
          tensors['conv1.bias'].dtype = dtype;
        }),
        'INVALID_VALUE',
      );
    }
  });

  test('an element type or shape that encodeArtifact would not have chosen', () => {
    expectCode(
      edited(({ tensors }) => {
        tensors['conv2.weights.data'].dtype = 'I8';
      }),
      'ARTIFACT_NOT_CANONICAL',
    );
    expectCode(
      edited(({ tensors }) => {
        tensors['conv1.bias'].shape = [5, 1];
      }),
      'ARTIFACT_NOT_CANONICAL',
    );
  });

  test('offsets that run backwards or beyond the file', () => {
    expectCode(
      edited(({ tensors }) => {
        tensors['conv1.bias'].data_offsets = [20, 0];
      }),
      'ARTIFACT_TENSOR_SIZE',
    );
    expectCode(
      edited(({ tensors }) => {
        tensors['dense2.weights.data'].data_offsets[1] += 8;
        tensors['dense2.weights.data'].shape = [8];
      }),
      'ARTIFACT_TENSOR_SIZE',
    );
  });

  test('tensors that nothing names, or that are named twice', () => {
    expectCode(
      edited(({ tensors, payload }) => {
        tensors.spare = { dtype: 'U8', shape: [0], data_offsets: [payload.length, payload.length] };
      }),
      'ARTIFACT_NOT_CANONICAL',
    );
    expectCode(
      withGraphText((text) => text.replace('"dense1.bias"', '"conv1.bias"')),
      'TENSOR_MISSING',
    );
  });

  test('unknown ops, relayout among them', () => {
    expectCode(
      withGraphText((text) => text.replaceAll('"op":"reshape"', '"op":"softmax"')),
      'UNKNOWN_OP',
    );
    expectCode(
      withGraphText((text) => text.replaceAll('"op":"reshape"', '"op":"toString"')),
      'UNKNOWN_OP',
    );
    expectCode(
      withGraphText((text) => text.replaceAll('"op":"reshape"', '"op":"relayout"')),
      'GRAPH_RELAYOUT',
    );
  });

  test('unknown, missing and wrong fields, all at once', () => {
    const bytes = withGraphText((text) =>
      text
        .replace('"groups":1', '"groups":"1"')
        .replace('"dilations":[1,1],', '')
        .replace('"classes"', '"clases"'),
    );
    expect(() => decodeArtifact(bytes)).toThrow(
      expect.objectContaining({
        issues: expect.arrayContaining([
          expect.objectContaining({ code: 'UNKNOWN_FIELD', path: 'graph.clases' }),
          expect.objectContaining({ code: 'MISSING_FIELD', path: 'graph.classes' }),
          expect.objectContaining({ code: 'INVALID_VALUE', path: 'graph.nodes[0].op.groups' }),
          expect.objectContaining({ code: 'MISSING_FIELD', path: 'graph.nodes[0].op.dilations' }),
        ]) as unknown,
      }),
    );
  });

  test('numbers that are not integers', () => {
    for (const [from, to] of [
      ['"groups":1', '"groups":1.0'],
      ['"groups":1', '"groups":1e0'],
      ['"groups":1', '"groups":01'],
      ['"zeroPoint":0', '"zeroPoint":-0'],
      ['"groups":1', '"groups":123456789012345678901'],
    ]) {
      const text = (before: string) => before.replace(from, to);
      expectCode(withGraphText(text), to.includes(':01') ? 'ARTIFACT_JSON' : 'ARTIFACT_NOT_INTEGER');
    }
  });

  test('hostile sizes in the graph, quickly', () => {
    const start = performance.now();
    expect(() =>
      decodeArtifact(withGraphText((text) => text.replaceAll('[1,8,8,3]', '[1,2147483647,2147483647,3]'))),
    ).toThrow();
    expect(() =>
      decodeArtifact(
        withGraphText((text) => text.replaceAll('"shape":[12,128]', '"shape":[2147483647,2147483647]')),
      ),
    ).toThrow();
    expect(performance.now() - start).toBeLessThan(1000);
  });

  test('a header length beyond the file or the limit', () => {
    for (const length of [2n ** 63n, 2n ** 40n, 2n ** 31n, 90_000_000n]) {
      const bytes = valid.slice();
      new DataView(bytes.buffer).setBigUint64(0, length, true);
      expect(() => decodeArtifact(bytes)).toThrow(expect.objectContaining({ name: 'BnfreeError' }));
    }
  });

  test('duplicate keys', () => {
    expectCode(
      withGraphText((text) => text.replace('"groups":1', '"groups":1,"groups":1')),
      'ARTIFACT_DUPLICATE_KEY',
    );
  });

  test('keys that reach for prototypes', () => {
    const bytes = withGraphText((text) => text.replace('"metadata":{', '"metadata":{"__proto__":"x",'));
    expectCode(bytes, 'ARTIFACT_UNSAFE_KEY');
    expectCode(
      withGraphText((text) => text.replace('"groups":1', '"constructor":1,"groups":1')),
      'UNKNOWN_FIELD',
    );
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('deep nesting', () => {
    expectCode(
      withGraphText((text) => text.replace('"groups":1', `"groups":${'['.repeat(100000)}`)),
      'ARTIFACT_JSON',
    );
  });

  test('the same graph in another spelling', () => {
    expectCode(
      withGraphText((text) => text.replace('"groups":1', '"groups": 1')),
      'ARTIFACT_NOT_CANONICAL',
    );
    const file = openArtifact(valid);
    const spaced = JSON.stringify({ __metadata__: file.metadata, ...file.tensors }, undefined, 1);
    expectCode(frame(spaced, file.payload), 'ARTIFACT_NOT_CANONICAL');
  });

  test('a graph that breaks a rule', () => {
    expectCode(
      withGraphText((text) => text.replace('"value":"dense2"', '"value":"dense9"')),
      'GRAPH_OUTPUT_MISSING',
    );
  });
});
