// Writes docs/performance.md from docs/performance.json: `pnpm -s bench:page`.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readBenchmarkFile } from './report/benchmarkFile.js';
import { performancePage } from './report/performancePage.js';

const docs = (name: string): string => fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));
writeFileSync(docs('performance.md'), performancePage(readBenchmarkFile(docs('performance.json'))));
