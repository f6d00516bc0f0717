import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, type PlainJson } from './canonicalJson.js';
import { parseIntegerJson, type JsonValue } from './parseIntegerJson.js';

/** Maps as plain objects, to compare with JSON.parse. */
function plain(value: JsonValue): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, field]) => [key, plain(field)]));
  return Array.isArray(value) ? value.map(plain) : value;
}

const { value: json } = fc.letrec<{ value: PlainJson }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.maxSafeInteger().map((number) => number + 0),
    fc.boolean(),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      tie('value'),
      { maxKeys: 4 },
    ),
  ),
}));

describe('parseIntegerJson', () => {
  test('reads what JSON.parse reads, with and without spaces', () => {
    fc.assert(
      fc.property(json, fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(plain(parseIntegerJson(text, 'test'))).toEqual(JSON.parse(text));
      }),
      { numRuns: 80 },
    );
  });

  test('refuses every text that JSON.parse refuses', () => {
    const letters = fc.string({
      unit: fc.constantFrom(...Array.from('{}[],:"\\0123456789-+.eE truefalsn\n\u0000')),
      maxLength: 12,
    });
    fc.assert(
      fc.property(letters, (text) => {
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        if (!isJson)
          expect(() => parseIntegerJson(text, 'test')).toThrow(
            expect.objectContaining({ name: 'BnfreeError' }),
          );
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['{"a":1,"a":2}', 'ARTIFACT_DUPLICATE_KEY'],
    ['{"a":1,"\\u0061":2}', 'ARTIFACT_DUPLICATE_KEY'],
    ['{"__proto__":1}', 'ARTIFACT_UNSAFE_KEY'],
    ['{"\\u005f_proto__":1}', 'ARTIFACT_UNSAFE_KEY'],
    ['1.0', 'ARTIFACT_NOT_INTEGER'],
    ['1e2', 'ARTIFACT_NOT_INTEGER'],
    ['-0', 'ARTIFACT_NOT_INTEGER'],
    ['9007199254740992', 'ARTIFACT_NOT_INTEGER'],
    [`${'['.repeat(40)}${']'.repeat(40)}`, 'ARTIFACT_JSON'],
    ['', 'ARTIFACT_JSON'],
    ['"a', 'ARTIFACT_JSON'],
    ['"\\', 'ARTIFACT_JSON'],
    ['[1,]', 'ARTIFACT_JSON'],
    ['NaN', 'ARTIFACT_JSON'],
  ])('%s is %s', (text, code) => {
    expect(() => parseIntegerJson(text, 'test')).toThrow(expect.objectContaining({ code }));
  });
});

describe('canonicalJson', () => {
  test('is the same for equal values, and comes back whole', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalJson(value);
        const back = plain(parseIntegerJson(text, 'test')) as PlainJson;
        expect(back).toEqual(value);
        expect(canonicalJson(back)).toBe(text);
      }),
      { numRuns: 80 },
    );
  });

  test('sorts keys by UTF-16 code units and leaves undefined out', () => {
    expect(canonicalJson({ b: 1, a: [true, 'x'], B: undefined, Z: 2, '\u20ac': 3, é: 4 })).toBe(
      '{"Z":2,"a":[true,"x"],"b":1,"é":4,"€":3}',
    );
  });

  test.each([0.5, NaN, Infinity, 2 ** 53, -0])('refuses %d', (number) => {
    expect(() => canonicalJson([number])).toThrow(RangeError);
  });
});
