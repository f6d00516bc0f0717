/** A result as lines `name: value`; lists of objects have a line an object. */
export function renderResult(result: object, indent = ''): string {
  return Object.entries(result)
    .map(([name, value]: [string, unknown]) => {
      if (Array.isArray(value) && value.some((item) => typeof item === 'object')) {
        const items = value.map((item: object) => `${indent}  ${inline(item)}\n`);
        return `${indent}${name}:\n${items.join('')}`;
      }
      return `${indent}${name}: ${show(value)}\n`;
    })
    .join('');
}

function inline(value: object): string {
  return Object.entries(value)
    .map(([name, own]: [string, unknown]) => `${name} ${show(own)}`)
    .join(', ');
}

function show(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : value.toFixed(3);
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(show).join(', ');
  if (typeof value === 'object' && value !== null) return `(${inline(value)})`;
  return value === null ? 'none' : JSON.stringify(value);
}
