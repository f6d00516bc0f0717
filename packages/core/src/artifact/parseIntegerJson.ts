import { BnfreeError } from '@bnfree/integer-kernels';

/** Parsed JSON whose objects are maps: no key can reach a prototype. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export type JsonObject = Map<string, JsonValue>;

/** Where the parser stands in its text. */
interface Cursor {
  readonly source: string;
  readonly path: string;
  at: number;
}

const maximalDepth = 32;
const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:[eE][+-]?[0-9]*)?/y;
const wholeNumber = /^(?:0|-?[1-9][0-9]*)$/;
const space = /[ \t\r\n]*/y;

/**
 * Parses JSON that may hold whole numbers alone.
 *
 * Stricter than JSON.parse: a duplicate key, the key `__proto__`, a fraction, an exponent, a number beyond 2^53 and more than
 * 32 levels are errors.
 * @throws BnfreeError ARTIFACT_JSON, ARTIFACT_DUPLICATE_KEY, ARTIFACT_UNSAFE_KEY, ARTIFACT_NOT_INTEGER
 */
export function parseIntegerJson(source: string, path: string): JsonValue {
  const cursor = { source, path, at: 0 };
  const value = parseValue(cursor, 0);
  match(cursor, space);
  if (cursor.at !== source.length) fail(cursor, 'ARTIFACT_JSON', 'text after the value');
  return value;
}

function parseValue(cursor: Cursor, depth: number): JsonValue {
  if (depth > maximalDepth) return fail(cursor, 'ARTIFACT_JSON', `more than ${maximalDepth} levels`);
  if (take(cursor, '{')) return parseObject(cursor, depth + 1);
  if (take(cursor, '[')) return parseArray(cursor, depth + 1);
  if (take(cursor, 'true')) return true;
  if (take(cursor, 'false')) return false;
  if (take(cursor, 'null')) return null;
  return cursor.source[cursor.at] === '"' ? parseText(cursor) : parseNumber(cursor);
}

function parseObject(cursor: Cursor, depth: number): JsonObject {
  const fields: JsonObject = new Map();
  if (take(cursor, '}')) return fields;
  do {
    match(cursor, space);
    const key = parseText(cursor);
    if (key === '__proto__') fail(cursor, 'ARTIFACT_UNSAFE_KEY', 'the key "__proto__" is not allowed');
    if (fields.has(key)) {
      fail(cursor, 'ARTIFACT_DUPLICATE_KEY', `the key ${JSON.stringify(key)} occurs twice`);
    }
    expectToken(cursor, ':');
    fields.set(key, parseValue(cursor, depth));
  } while (take(cursor, ','));
  expectToken(cursor, '}');
  return fields;
}

function parseArray(cursor: Cursor, depth: number): JsonValue[] {
  const values: JsonValue[] = [];
  if (take(cursor, ']')) return values;
  do values.push(parseValue(cursor, depth));
  while (take(cursor, ','));
  expectToken(cursor, ']');
  return values;
}

function parseText(cursor: Cursor): string {
  const { source, at } = cursor;
  let end = source[at] === '"' ? at + 1 : source.length;
  while (end < source.length && source[end] !== '"') end += source[end] === '\\' ? 2 : 1;
  if (end >= source.length) return fail(cursor, 'ARTIFACT_JSON', 'expected a string');
  cursor.at = end + 1;
  try {
    return JSON.parse(source.slice(at, end + 1)) as string;
  } catch {
    return fail(cursor, 'ARTIFACT_JSON', 'expected a valid string before');
  }
}

function parseNumber(cursor: Cursor): number {
  const found = match(cursor, number);
  if (found === '') return fail(cursor, 'ARTIFACT_JSON', 'expected a value');
  if (!wholeNumber.test(found)) {
    return fail(cursor, 'ARTIFACT_NOT_INTEGER', `got ${found}, expected a whole number`);
  }
  const value = Number(found);
  if (!Number.isSafeInteger(value)) {
    return fail(cursor, 'ARTIFACT_NOT_INTEGER', `got ${found}, expected at most 2^53 - 1`);
  }
  return value;
}

function match(cursor: Cursor, pattern: RegExp): string {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.source)?.[0] ?? '';
  cursor.at += found.length;
  return found;
}

function take(cursor: Cursor, token: string): boolean {
  match(cursor, space);
  if (!cursor.source.startsWith(token, cursor.at)) return false;
  cursor.at += token.length;
  return true;
}

function expectToken(cursor: Cursor, token: string): void {
  if (take(cursor, token)) return;
  const got = JSON.stringify(cursor.source.slice(cursor.at, cursor.at + 10));
  fail(cursor, 'ARTIFACT_JSON', `expected ${token}, got ${got}`);
}

function fail(cursor: Cursor, code: string, message: string): never {
  throw new BnfreeError([
    {
      code,
      path: cursor.path,
      message: `${message} at character ${cursor.at}`,
      fix: 'write the file again with encodeArtifact(graph)',
    },
  ]);
}
