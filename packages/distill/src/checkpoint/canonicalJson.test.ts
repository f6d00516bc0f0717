import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, type JsonValue } from './canonicalJson.js';

describe('canonicalJson', () => {
  test('reads back as the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value as JsonValue))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('sorts keys at every depth', () => {
    expect(canonicalJson({ b: [{ z: 1, y: null }], a: 0.1 })).toBe('{"a":0.1,"b":[{"y":null,"z":1}]}');
  });

  test('leaves out what is undefined', () => {
    expect(canonicalJson({ b: undefined, a: { c: undefined } })).toBe('{"a":{}}');
  });

  test('refuses numbers that JSON cannot hold', () => {
    for (const value of [NaN, Infinity, -Infinity])
      expect(() => canonicalJson({ a: [value] })).toThrow(RangeError);
  });
});
