import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The constants of a C header and of every header that it includes. */
export interface CHeader {
  /** `#define NAME text`. */
  readonly defines: ReadonlyMap<string, string>;
  /** `const int8_t name[n] = {...}`. */
  readonly arrays: ReadonlyMap<string, readonly number[]>;
  /** `const int8_t *const name = other`; the target `NULL` stands for no data. */
  readonly aliases: ReadonlyMap<string, string>;
}

const includePattern = /^#include "([^"]+)"/gm;
const definePattern = /^#define (\w+) (\S+)/gm;
const arrayPattern = /^const \w+ (\w+)\[(\d+)\]\s*=\s*\{([^}]*)\}/gm;
const aliasPattern = /^const \w+ \*const (\w+) = (\w+);/gm;

/** Reads a header; includes in quotes are followed. Throws where an array does not hold as many values as it declares. */
export function readCHeader(file: string): CHeader {
  const text = readFileSync(file, 'utf8').replace(/\/\/.*$/gm, '');
  const own = parseCHeader(text);
  const included = [...text.matchAll(includePattern)].map(([, name = '']) =>
    readCHeader(join(dirname(file), name)),
  );
  const all = [...included, own];
  return {
    defines: new Map(all.flatMap(({ defines }) => [...defines])),
    arrays: new Map(all.flatMap(({ arrays }) => [...arrays])),
    aliases: new Map(all.flatMap(({ aliases }) => [...aliases])),
  };
}

/** Parses the definitions of one header; includes are left alone. */
export function parseCHeader(text: string): CHeader {
  const arrays = [...text.matchAll(arrayPattern)].map(([, name = '', length = '', body = '']) => {
    const values = [...body.matchAll(/-?\d+/g)].map(Number);
    if (values.length !== Number(length)) {
      throw new Error(`${name} declares ${length} values and holds ${values.length}`);
    }
    return [name, values] as const;
  });
  return {
    defines: new Map([...text.matchAll(definePattern)].map(([, name = '', value = '']) => [name, value])),
    arrays: new Map(arrays),
    aliases: new Map([...text.matchAll(aliasPattern)].map(([, name = '', target = '']) => [name, target])),
  };
}
