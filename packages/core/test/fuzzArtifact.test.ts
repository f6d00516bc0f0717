import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BnfreeError, checkGraph, decodeArtifact, encodeArtifact } from '../src/index.js';
import { closeArtifact, openArtifact } from './artifactFile.js';
import { convNet } from './sampleGraphs.js';

const valid = encodeArtifact(convNet());

/** Ends in a BnfreeError or in a valid graph that encodes to the same bytes; anything else fails the test. */
function expectSafe(bytes: Uint8Array): void {
  try {
    const graph = decodeArtifact(bytes);
    expect(checkGraph(graph)).toEqual([]);
    expect(Buffer.from(encodeArtifact(graph)).equals(Buffer.from(bytes))).toBe(true);
  } catch (error) {
    if (!(error instanceof BnfreeError)) throw error;
  }
}

const numRuns = 250;

describe('a mutated artifact ends in a BnfreeError or a valid graph', () => {
  test('flipped, removed and inserted bytes', () => {
    const mutation = fc.record({
      kind: fc.constantFrom('flip', 'remove', 'insert', 'truncate'),
      at: fc.nat(valid.length - 1),
      length: fc.integer({ min: 1, max: 40 }),
      byte: fc.integer({ min: 1, max: 255 }),
    });
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
        let bytes = [...valid];
        for (const { kind, at, length, byte } of mutations) {
          if (kind === 'flip' && at < bytes.length) bytes[at] ^= byte;
          if (kind === 'remove') bytes.splice(at, length);
          if (kind === 'insert') bytes.splice(at, 0, ...new Array<number>(length).fill(byte));
          if (kind === 'truncate') bytes = bytes.slice(0, at);
        }
        expectSafe(Uint8Array.from(bytes));
      }),
      { numRuns },
    );
  });

  test('edited graph texts with a right digest', () => {
    const { graph: text } = openArtifact(valid).metadata;
    const numbers = [...text.matchAll(/-?\d+/g)].map(({ index, 0: token }) => [index, token.length] as const);
    const strings = [...text.matchAll(/"[^"]*"/g)].map(
      ({ index, 0: token }) => [index, token.length] as const,
    );
    const place = fc.oneof(fc.constantFrom(...numbers), fc.constantFrom(...strings));
    const replacement = fc.oneof(
      fc.integer({ min: -3, max: 300 }).map(String),
      fc.constantFrom(
        '2147483647',
        '-2147483648',
        '4294967296',
        '9007199254740991',
        '1.5',
        'null',
        'true',
        '[]',
        '{}',
        '[1,1,1,1]',
      ),
      fc.constantFrom(...strings).map(([index, length]) => text.slice(index, index + length)),
    );
    fc.assert(
      fc.property(place, replacement, ([index, length], value) => {
        const file = openArtifact(valid);
        file.metadata.graph = text.slice(0, index) + value + text.slice(index + length);
        expectSafe(closeArtifact(file));
      }),
      { numRuns },
    );
  });

  test('edited tensor tables with a right digest', () => {
    const names = Object.keys(openArtifact(valid).tensors);
    const value = fc.oneof(fc.integer({ min: -8, max: 700 }), fc.constantFrom(2 ** 31, 2 ** 52, 0.5));
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.constantFrom('begin', 'end', 'shape', 'dtype', 'remove', 'rename'),
        value,
        (name, what, number) => {
          const file = openArtifact(valid);
          const tensor = file.tensors[name];
          if (what === 'begin') tensor.data_offsets[0] = number;
          if (what === 'end') tensor.data_offsets[1] = number;
          if (what === 'shape') tensor.shape[0] = number;
          if (what === 'dtype') tensor.dtype = ['I32', 'I8', 'U8', 'F32'][Math.abs(number) % 4] ?? '';
          if (what === 'remove' || what === 'rename') Reflect.deleteProperty(file.tensors, name);
          if (what === 'rename') file.tensors[`${name}${number}`] = tensor;
          expectSafe(closeArtifact(file));
        },
      ),
      { numRuns },
    );
  });

  test('random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), expectSafe), { numRuns });
  });
});
