import type { Issue } from '@bnfree/integer-kernels';
import type { JsonValue } from '../parseIntegerJson.js';

/** What readers share: the issues found so far, and the tensors that a reference can name. */
export interface ReadContext {
  readonly issues: Issue[];
  /** A tensor by name and expected element; undefined where there is none of that kind. */
  readonly tensor: (name: string, element: 'int32' | 'byte') => Int32Array | Uint8Array | undefined;
}

/**
 * Turns untrusted JSON into a typed value.
 *
 * Where the value is wrong it adds an issue to the context; what it returns then must not be used, so the caller throws all
 * issues after reading. `undefined` is a missing key.
 */
export type Reader<T> = (value: JsonValue | undefined, path: string, context: ReadContext) => T;

/** Adds an issue and returns a value that nobody will use, because the issues are thrown. */
export function reject(context: ReadContext, code: string, path: string, message: string): never {
  const fix = 'use the fields of IntegerGraph, and write files with encodeArtifact(graph)';
  context.issues.push({ code, path, message, fix });
  return undefined as never;
}

/** Adds the issue that a value is not what was expected, or that it is missing. */
export function mismatch(
  context: ReadContext,
  path: string,
  value: JsonValue | undefined,
  expected: string,
): never {
  const code = value === undefined ? 'MISSING_FIELD' : 'INVALID_VALUE';
  return reject(context, code, path, `got ${describeJson(value)}, expected ${expected}`);
}

function describeJson(value: JsonValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value instanceof Map) return 'an object';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return JSON.stringify(value).slice(0, 60);
}
