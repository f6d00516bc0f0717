// Writes docs/imagenet.md from docs/imagenet.json and docs/performance.json: `pnpm -s imagenet:page`.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { writeWholeFile } from '@bnfree/core';
import type { ImagenetFile, LatencyRow } from './imagenetFile.js';
import { imagenetPage } from './imagenetPage.js';

const docs = (name: string): string => fileURLToPath(new URL(`../../../../docs/${name}`, import.meta.url));
const read = (name: string): unknown => JSON.parse(readFileSync(docs(name), 'utf8'));
const { rows } = read('performance.json') as { readonly rows: readonly LatencyRow[] };
await writeWholeFile(docs('imagenet.md'), imagenetPage(read('imagenet.json') as ImagenetFile, rows));
