import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { compileFunction } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { showDemoTables } from '../examples/alexnet-cifar10/src/showDemoTables.js';
import type { ShownReport } from '../examples/alexnet-cifar10/src/reportTables.js';

const root = join(__dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
// The example depends on every package, so that what a user would install can be found from there.
const requireFromExample = createRequire(join(root, 'examples/alexnet-cifar10/package.json'));

const examples = Array.from(
  readme.matchAll(/```ts\n([\s\S]*?)```/g),
  ([, code]) => [entryPointsOf(code).at(-1) ?? 'none', code] as const,
);
const folder = mkdtempSync(join(tmpdir(), 'readme-'));
const startFolder = process.cwd();

// Examples name files without a folder, and later ones read what earlier ones wrote.
beforeAll(() => {
  process.chdir(folder);
  // Silences the advice to use tfjs-node.
  (requireFromExample('@tensorflow/tfjs-core') as Tfjs).env().set('IS_TEST', true);
});
afterAll(() => {
  process.chdir(startFolder);
  rmSync(folder, { recursive: true });
});

function entryPointsOf(code: string): string[] {
  return Array.from(code.matchAll(/from '(@bnfree\/[^']+)'/g), ([, name]) => name);
}

interface Tfjs {
  env(): { set(flag: string, value: boolean): void };
}

/** Runs an example and collects what it prints. */
async function printedBy(code: string): Promise<string[]> {
  const printed: string[] = [];
  const show = (value: unknown): string => (typeof value === 'string' ? value : inspect(value));
  const log = (...values: unknown[]): void => {
    printed.push(values.map(show).join(' '));
  };
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const body = `return (async () => {${outputText}\n})()`;
  const run = compileFunction(body, ['require', 'exports', 'console']) as (
    ...parameters: unknown[]
  ) => Promise<void>;
  await run(requireFromExample, {}, { log });
  return printed;
}

describe('README examples', () => {
  test('there is one for every entry point that an application needs', () => {
    const names = readdirSync(join(root, 'packages')).map((name) => `@bnfree/${name}`);
    expect([...new Set(entryPointsOf(readme))].sort()).toEqual(
      [...names, '@bnfree/models-alexnet/app'].sort(),
    );
  });

  test.each(examples)('%s: prints what it says', async (_, code) => {
    const promised = Array.from(code.matchAll(/console\.log\(.*\); \/\/ (.*)/g), ([, text]) => text);
    expect(promised.length).toBeGreaterThan(0);
    expect(await printedBy(code)).toEqual(promised);
  });

  test('type-check as they stand', () => {
    const files = new Map(
      examples.map(([, code], i) => [join(root, `examples/alexnet-cifar10/readme${i}.ts`), code]),
    );
    const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), (path) =>
      readFileSync(path, 'utf8'),
    ) as {
      config: { compilerOptions: object };
    };
    const { options } = ts.parseJsonConfigFileContent(
      {
        compilerOptions: { ...config.compilerOptions, composite: false, noEmit: true },
        files: [...files.keys()],
      },
      ts.sys,
      root,
    );
    const disk = ts.createCompilerHost(options);
    const host: ts.CompilerHost = {
      ...disk,
      fileExists: (path) => files.has(path) || disk.fileExists(path),
      getSourceFile: (path, language) => {
        const code = files.get(path);
        return code === undefined
          ? disk.getSourceFile(path, language)
          : ts.createSourceFile(path, code, language);
      },
    };
    const program = ts.createProgram([...files.keys()], options, host);
    const found = [...files.keys()].flatMap((path) => [
      ...program.getSemanticDiagnostics(program.getSourceFile(path)),
    ]);
    expect(found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
  });
});

test('the table is what scripts/readme-table.mjs makes of docs/demo-report.json', () => {
  const report = JSON.parse(readFileSync(join(root, 'docs/demo-report.json'), 'utf8')) as ShownReport;
  const [, table] = /<!-- demo-table -->\n([\s\S]*)<!-- \/demo-table -->/.exec(readme) ?? [];
  expect(table).toBe(`\n${showDemoTables(report)}\n`);
});
