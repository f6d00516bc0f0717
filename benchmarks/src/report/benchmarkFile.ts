import { existsSync, readFileSync } from 'node:fs';
import { writeWholeFile } from '@bnfree/core';
import type { DownloadSize } from './downloadSizes.js';
import type { BenchmarkRow } from './row.js';

/** What `--json` writes. */
export interface BenchmarkFile {
  readonly machine: { readonly cpu: string; readonly cores: number };
  readonly sizes: readonly DownloadSize[];
  readonly rows: readonly BenchmarkRow[];
}

/** Reads a file that `--json` wrote. */
export function readBenchmarkFile(path: string): BenchmarkFile {
  return JSON.parse(readFileSync(path, 'utf8')) as BenchmarkFile;
}

/** Writes a file; with `isMerged` the rows of work and engines that were not measured now stay in it. */
export async function writeBenchmarkFile(
  path: string,
  file: BenchmarkFile,
  isMerged: boolean,
): Promise<void> {
  const rows = isMerged && existsSync(path) ? mergeRows(readBenchmarkFile(path).rows, file.rows) : file.rows;
  await writeWholeFile(path, `${JSON.stringify({ ...file, rows }, undefined, 2)}\n`);
}

/** Old rows, each replaced by the new one of the same work in the same engine, and new ones behind. */
export function mergeRows(old: readonly BenchmarkRow[], fresh: readonly BenchmarkRow[]): BenchmarkRow[] {
  const merged = new Map(old.map((row) => [keyOf(row), row]));
  for (const row of fresh) merged.set(keyOf(row), row);
  return [...merged.values()];
}

/** Engines of one major version are one engine. */
function keyOf({ id, node, browser, threads }: BenchmarkRow): string {
  const engine = node === null ? browser?.replace(/ .*/, '') : node.replace(/\..*/, '');
  return `${id} ${engine ?? ''} ${threads}`;
}
