import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { compileFunction } from 'node:vm';
import { expect, test } from '@jest/globals';
import ts from 'typescript';
import * as kernels from '../src/index.js';

const readme = readFileSync(join(__dirname, '..', 'README.md'), 'utf8');
const examples = Array.from(
  readme.matchAll(/## (.+)\n(?:(?!\n## )[\s\S])*?```ts\n([\s\S]*?)```/g),
  ([, title, code]) => ({
    title,
    code,
  }),
);

/** Runs an example and collects what it prints. */
async function printedBy(code: string): Promise<string[]> {
  const printed: string[] = [];
  const log = (...values: unknown[]): void => {
    printed.push(values.map((value) => inspect(value)).join(' '));
  };
  const module = ts.ModuleKind.CommonJS;
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { module, target: ts.ScriptTarget.ES2022 },
  });
  const body = `return (async () => {${outputText}
})()`;
  const run = compileFunction(body, ['require', 'exports', 'console']) as (
    ...parameters: unknown[]
  ) => Promise<void>;
  await run(() => kernels, {}, { log });
  return printed;
}

test('the README has examples', () => {
  expect(examples.map(({ title }) => title)).toEqual(['One op on plain arrays', 'Many runs']);
});

test.each(examples)('the example "$title" prints what it says', async ({ code }) => {
  const promised = Array.from(code.matchAll(/\/\/ (\[.*\])/g), ([, text]) => text);
  expect(promised.length).toBeGreaterThan(0);
  expect(await printedBy(code)).toEqual(promised);
});
