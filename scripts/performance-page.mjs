// Measures the kernels and writes docs/performance.json and docs/performance.md: `pnpm -s bench`.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const tsx = createRequire(import.meta.url).resolve('tsx/cli');
const bench = join(root, 'packages/integer-kernels/bench/referenceVersusWasm.ts');
const { stdout, status } = spawnSync(
  process.execPath,
  [tsx, '--conditions=@bnfree/source', bench, '--json', ...process.argv.slice(2)],
  { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
);
if (status !== 0) process.exit(status ?? 1);
const { node, figures } = JSON.parse(stdout);
const machine = { node, cpu: cpus()[0].model.trim(), threads: 1 };
writeFileSync(join(root, 'docs/performance.json'), `${JSON.stringify({ machine, figures }, undefined, 2)}\n`);

const rows = figures.map(({ layer, wasm, gmacPerSecond, reference, ratio }) =>
  [
    layer,
    `${wasm.median.toFixed(3)}`,
    gmacPerSecond.median.toFixed(1),
    reference === null ? '' : reference.median.toFixed(1),
    ratio === null ? '' : `${ratio.median.toFixed(0)}x`,
  ].join(' | '),
);
writeFileSync(
  join(root, 'docs/performance.md'),
  `# Performance

Integer kernels, one thread, medians; written by \`pnpm -s bench\`, never by hand. Equal bytes are checked before anything is timed.
Machine: ${machine.cpu}, Node ${node}. "Times" is reference over WebAssembly on the same layer in the same process.

| layer | wasm ms | wasm GMAC/s | reference ms | times |
| --- | --: | --: | --: | --: |
${rows.map((row) => `| ${row} |`).join('\n')}

The kernels here are plain fixed-width SIMD. Not there yet: Winograd, packed low-bit products, relaxed SIMD and threads; nor are
other engines (tfjs-backend-wasm, onnxruntime-web) measured beside them.
`,
);
