import type { Issue } from '@bnfree/core';
import { closestName } from '@bnfree/integer-kernels';
import { type FlagName, flagDefinitions, flagNames } from './flagDefinitions.js';

/** The flags of a command line as texts, and what was wrong with how they were written. */
export interface SplitFlags {
  /** A switch has the value `true`. */
  readonly values: ReadonlyMap<FlagName, string>;
  readonly issues: readonly Issue[];
}

interface Token {
  /** As typed, with its dashes. */
  readonly name: string;
  readonly value: string | undefined;
}

/** Splits `--name value`, `--name=value` and `--switch`; reports unknown, repeated and incomplete flags, all at once. */
export function splitFlags(rawArgs: readonly string[]): SplitFlags {
  const values = new Map<FlagName, string>();
  const issues: Issue[] = [];
  for (const token of tokenize(rawArgs)) {
    const name = flagNames.find((known) => token.name === `--${known}`);
    const problem =
      name === undefined ? unknownFlag(token.name) : (repeated(name, values) ?? badValue(name, token));
    if (problem !== undefined) issues.push(problem);
    else if (name !== undefined) values.set(name, token.value ?? 'true');
  }
  return { values, issues };
}

function tokenize(rawArgs: readonly string[]): Token[] {
  const tokens: Token[] = [];
  for (const arg of rawArgs) {
    const last = tokens.at(-1);
    // `pnpm demo -- --bits 8,8` hands the bare dashes on.
    if (arg === '--') continue;
    if (arg.startsWith('--')) {
      const [name, ...rest] = arg.split('=');
      tokens.push({ name, value: rest.length === 0 ? undefined : rest.join('=') });
    } else if (last?.name.startsWith('--') === true && last.value === undefined) {
      tokens[tokens.length - 1] = { ...last, value: arg };
    } else {
      tokens.push({ name: arg, value: undefined });
    }
  }
  return tokens;
}

function unknownFlag(name: string): Issue {
  const nearest = closestName(name.replace(/^-+/, ''), flagNames);
  return {
    code: 'UNKNOWN_FLAG',
    path: name,
    message: `expected one of ${flagNames.map((known) => `--${known}`).join(', ')}`,
    fix: nearest === undefined ? `leave ${name} out` : `did you mean --${nearest}?`,
  };
}

function repeated(name: FlagName, values: ReadonlyMap<FlagName, string>): Issue | undefined {
  if (!values.has(name)) return undefined;
  return { code: 'INVALID_FLAG', path: `--${name}`, message: 'is given twice', fix: `give --${name} once` };
}

function badValue(name: FlagName, { value }: Token): Issue | undefined {
  const path = `--${name}`;
  const definition = flagDefinitions[name];
  if (definition.type === 'boolean') {
    return value === undefined
      ? undefined
      : {
          code: 'INVALID_FLAG',
          path,
          message: `got the value "${value}", expected none`,
          fix: `write ${path}`,
        };
  }
  if (value !== undefined && value !== '') return undefined;
  const fix = `write ${path} ${definition.default}`;
  return { code: 'INVALID_FLAG', path, message: 'got no value', fix };
}
