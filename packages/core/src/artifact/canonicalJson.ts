/** A value that canonical JSON can hold: no fractions. */
export type PlainJson =
  string | number | boolean | readonly PlainJson[] | { readonly [key: string]: PlainJson | undefined };

/**
 * Writes JSON with sorted keys, whole numbers and no spaces.
 *
 * Keys are sorted by UTF-16 code units, as RFC 8785 does it; undefined fields are left out. Equal values give equal text.
 * @throws RangeError where a number is not a safe integer: callers check before.
 */
export function canonicalJson(value: PlainJson): string {
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
      throw new RangeError(`canonical JSON holds whole numbers only, got ${value}`);
    }
    return value.toString();
  }
  if (typeof value !== 'object') return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const fields = Object.entries(value)
    .filter((entry): entry is [string, PlainJson] => entry[1] !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`);
  return `{${fields.join(',')}}`;
}

function isArray(value: PlainJson): value is readonly PlainJson[] {
  return Array.isArray(value);
}
