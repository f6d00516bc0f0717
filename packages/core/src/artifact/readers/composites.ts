import { mismatch, reject, type Reader } from './reader.js';

type Fields<T> = { readonly [Key in keyof Required<T>]: Reader<T[Key]> };

/** Reads an object with exactly these fields; others are issues. */
export function object<T extends object>(fields: Fields<T>): Reader<T> {
  const readers = Object.entries<Reader<unknown>>(fields);
  return (value, path, context) => {
    if (!(value instanceof Map)) {
      return mismatch(context, path, value, 'an object');
    }
    for (const key of value.keys()) {
      if (!Object.hasOwn(fields, key)) {
        const known = readers.map(([name]) => name).join(', ');
        reject(context, 'UNKNOWN_FIELD', `${path}.${key}`, `expected one of ${known}`);
      }
    }
    const entries = readers
      .map(([key, read]) => [key, read(value.get(key), `${path}.${key}`, context)] as const)
      .filter(([, field]) => field !== undefined);
    return Object.fromEntries(entries) as T;
  };
}

/** Reads a field that may be missing. */
export function optional<T>(read: Reader<T>): Reader<T | undefined> {
  return (value, path, context) => (value === undefined ? undefined : read(value, path, context));
}

/** Reads a list; `length` fixes the number of entries. */
export function list<T>(read: Reader<T>, length?: number): Reader<T[]> {
  return (value, path, context) => {
    if (!Array.isArray(value) || (length !== undefined && value.length !== length)) {
      const expected = length === undefined ? 'a list' : `a list of ${length}`;
      return mismatch(context, path, value, expected);
    }
    return value.map((entry, index) => read(entry, `${path}[${index}]`, context));
  };
}

/** Reads a list of two. */
export function pair<T>(read: Reader<T>): Reader<readonly [T, T]> {
  return list(read, 2) as Reader<[T, T]>;
}

/** Reads a list of one. */
export function single<T>(read: Reader<T>): Reader<readonly [T]> {
  return list(read, 1) as Reader<[T]>;
}

/** Reads an object with free keys, in sorted order. */
export function dictionary<T>(read: Reader<T>): Reader<Record<string, T>> {
  return (value, path, context) => {
    if (!(value instanceof Map)) {
      return mismatch(context, path, value, 'an object');
    }
    return Object.fromEntries(
      [...value].map(([key, entry]) => [key, read(entry, `${path}.${key}`, context)]),
    );
  };
}

/** Reads an object whose field `key` says which of several forms it has. */
export function variant<Table extends Record<string, Reader<unknown>>>(
  key: string,
  code: string,
  table: Table,
): Reader<ReturnType<Table[keyof Table]>> {
  return (value, path, context) => {
    if (!(value instanceof Map)) return mismatch(context, path, value, 'an object');
    const kind = value.get(key);
    const where = `${path}.${key}`;
    const expected = `one of ${Object.keys(table).join(', ')}`;
    if (typeof kind !== 'string') return mismatch(context, where, kind, expected);
    if (!Object.hasOwn(table, kind)) {
      const got = JSON.stringify(kind.slice(0, 40));
      return reject(context, code, where, `got ${got}, expected ${expected}`);
    }
    const read = table[kind];
    return read(value, path, context) as ReturnType<Table[keyof Table]>;
  };
}
