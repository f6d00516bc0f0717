import { fileURLToPath } from 'node:url';
import { failCommand, wholeNumber } from '@bnfree/example-train-teacher';
import { loadCifar10 } from '@bnfree/models-alexnet';
import { Command, InvalidArgumentError } from 'commander';
import { checkBackends, type CheckedBackend } from './checkBackends.js';
import { type BackendName, backendNames } from './backendNames.js';
import { serveSite } from './serveSite.js';

interface Flags {
  readonly port: number;
  readonly check?: readonly BackendName[];
  readonly trainImages: number;
  readonly testImages: number;
  readonly fitSteps: number;
  readonly json?: boolean;
}

const count = wholeNumber(0, 65_535);

function backends(text: string): readonly BackendName[] {
  const names = text.split(',');
  const known = names.filter((name): name is BackendName => backendNames.some((other) => other === name));
  if (known.length === names.length) return known;
  throw new InvalidArgumentError(`expected some of ${backendNames.join(',')}`);
}

const program = new Command('browser')
  .description(
    'Serves a page that distils AlexNet-BN in the browser, on the tfjs backend that you choose there.',
  )
  .option('--port <n>', 'of the page; 0 for any that is free', count, 8080)
  .option('--check <backends>', 'instead of waiting for you, drives Chromium, such as webgl,webgpu', backends)
  .option('--train-images <n>', 'with --check', count, 64)
  .option('--test-images <n>', 'with --check', count, 100)
  .option('--fit-steps <n>', 'training steps a layer, with --check', count, 2)
  .option('--json', 'prints what was checked as JSON')
  .allowExcessArguments(false);

const teacherFolder = fileURLToPath(
  new URL('teacher', import.meta.resolve('@bnfree/models-alexnet/package.json')),
);

async function run({ port, check, json, trainImages, testImages, fitSteps }: Flags): Promise<void> {
  const images = (split: 'train' | 'test', wanted: number) => loadCifar10({ split, count: wanted });
  const site = await serveSite({ teacherFolder, images }, check === undefined ? port : 0);
  if (check === undefined) {
    process.stdout.write(`${site.origin}\n`);
    return;
  }
  try {
    const order = { trainImages, testImages, fitSteps, tuneSteps: 0, batchSize: 32 };
    const rows = await checkBackends(site.origin, check, order, await images('test', testImages));
    process.stdout.write(
      json === true ? `${JSON.stringify(rows, undefined, 2)}\n` : rows.map(lineOf).join(''),
    );
    if (rows.some(({ isSame }) => isSame === false)) process.exitCode = 1;
  } finally {
    await site.close();
  }
}

function lineOf({ backend, seconds, correct, count: all, isSame }: CheckedBackend): string {
  if (isSame === null) return `${backend}: this browser has none\n`;
  const verdict = isSame ? 'the same logits in Node' : 'OTHER logits in Node';
  return `${backend}: distilled in ${seconds.toFixed(0)} s, ${correct} of ${all} right, ${verdict}\n`;
}

try {
  await run(program.parse().opts<Flags>());
} catch (error) {
  failCommand(error);
}
