import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { compileFunction } from 'node:vm';
import ts from 'typescript';
import * as conformance from '../src/conformance/index.js';
import * as kernels from '../src/index.js';

/** A code block of a document that runs. */
export interface Example {
  /** The heading above it. */
  readonly title: string;
  readonly code: string;
  /** What its comments say that it prints, line by line. */
  readonly promised: readonly string[];
}

/** The TypeScript blocks of a document, a path from the root of the workspace. */
export function examplesOf(document: string): Example[] {
  const text = readFileSync(join(__dirname, '../../..', document), 'utf8');
  return Array.from(text.matchAll(/^```ts\n([\s\S]*?)^```/gm), ({ 1: code, index }) => {
    const titles = Array.from(text.slice(0, index).matchAll(/^## (.+)$/gm), ([, title]) => title);
    const comments = code.matchAll(/console\.log\(.+\); \/\/ (.+)$|^\/\/ (\[.+\])$/gm);
    const promised = Array.from(comments, (match) => match.at(1) ?? match[2]);
    return { title: titles[titles.length - 1], code, promised };
  });
}

const modules: Readonly<Record<string, unknown>> = {
  '@bnfree/integer-kernels': kernels,
  '@bnfree/integer-kernels/conformance': conformance,
};

/** Runs an example and collects what it prints. */
export async function printedBy({ code }: Example): Promise<string[]> {
  const printed: string[] = [];
  const log = (...values: unknown[]): void => {
    printed.push(values.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' '));
  };
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const body = `return (async () => {${outputText}
})()`;
  const run = compileFunction(body, ['require', 'exports', 'console']) as (
    ...parameters: unknown[]
  ) => Promise<void>;
  await run((name: string) => modules[name], {}, { log });
  return printed;
}
