// Full-size AlexNets, 100 photographs, every engine and way: are the logits the same bytes?
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { writeWholeFile } from '@bnfree/core';
import { renderDigests } from './renderDigests.js';
import { runDigests } from './runDigests.js';

const usage = `pnpm -s imagenet:digests [options]
Runs photographs through integer AlexNets of full size (224 and 227 pixels, 1000 classes; W8A8, W4A4, W2A4) on Node 20, 22, 24 and
in Chromium, on every backend, in both memory modes, with and without relaxed SIMD, on one and two threads, and compares the logits.
  --photographs N  default 100
  --reference N    of them, for the reference, which takes a second each; default 5
  --fast N         of them, for the fast TypeScript backend on all engines but this Node; default 20
  --tiny           a sixteenth of the channels, images of 67 pixels
  --node LIST      beside this one; default 22,24
  --no-chromium    Node alone
  --json FILE      writes the part "digests" of FILE
`;

const { values } = parseArgs({
  allowNegative: true,
  options: {
    photographs: { type: 'string', default: '100' },
    reference: { type: 'string', default: '5' },
    fast: { type: 'string', default: '20' },
    tiny: { type: 'boolean', default: false },
    node: { type: 'string', default: '22,24' },
    chromium: { type: 'boolean', default: true },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

function whole(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new Error(`got "${text}", expected a whole number of 1 or more`);
}

if (values.help) process.stdout.write(usage);
else {
  const all = whole(values.photographs);
  const effort = {
    reference: Math.min(all, whole(values.reference)),
    fastTypescript: Math.min(all, whole(values.fast)),
    all,
  };
  const nodes = values.node === '' ? [] : values.node.split(',').map(whole);
  const report = await runDigests(
    { effort, isTiny: values.tiny, nodes, hasChromium: values.chromium },
    (text) => process.stderr.write(`${text}\n`),
  );
  if (values.json !== undefined) {
    const held = existsSync(values.json) ? (JSON.parse(readFileSync(values.json, 'utf8')) as object) : {};
    const digests = { effort, ...report };
    await writeWholeFile(values.json, `${JSON.stringify({ ...held, digests }, undefined, 2)}\n`);
  }
  process.stdout.write(renderDigests(report));
  if (report.outcomes.some(({ failure }) => failure !== undefined)) process.exitCode = 1;
}
