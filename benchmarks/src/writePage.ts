// Writes docs/performance.md from docs/performance.json: `pnpm -s bench:page`.
import { fileURLToPath } from 'node:url';
import { writeWholeFile } from '@bnfree/core';
import { readBenchmarkFile } from './report/benchmarkFile.js';
import { performancePage } from './report/performancePage.js';

const docs = (name: string): string => fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));
await writeWholeFile(docs('performance.md'), performancePage(readBenchmarkFile(docs('performance.json'))));
