import { BnfreeError, formatIssues, writeWholeFile } from '@bnfree/core';
import { installTrainingKernels } from '@bnfree/tfjs-wasm-training';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { defineCommand, runMain } from 'citty';
import { distilNetwork, type NetworkRow } from './distilNetwork.js';
import { networkNames, type NetworkName } from './loadNetwork.js';
import { networksPage } from './networksPage.js';
import { renderRows } from './renderRows.js';

const command = defineCommand({
  meta: {
    name: 'networks',
    description:
      'Distils real networks (MobileNetV2, InceptionV3, a converted graph) and compares them with their teachers',
  },
  args: {
    network: { type: 'string', description: `one of ${networkNames.join(', ')}; all by default` },
    'fit-steps': { type: 'string', default: '0', description: 'training steps a layer' },
    crops: { type: 'string', default: '14', description: 'test crops out of each of five photographs' },
    json: { type: 'string', description: 'also writes the rows to a file and, beside it, their page' },
  },
  async run({ args }) {
    try {
      const names = chosenNetworks(args.network);
      const rows = await distilAll(
        names,
        wholeNumber('fit-steps', args['fit-steps']),
        wholeNumber('crops', args.crops),
      );
      process.stdout.write(renderRows(rows));
      if (args.json !== undefined) {
        await writeWholeFile(args.json, `${JSON.stringify({ rows }, undefined, 2)}\n`);
        await writeWholeFile(args.json.replace(/(\.json)?$/, '.md'), networksPage(rows));
      }
      if (rows.some(({ agreement }) => agreement < 90)) process.exitCode = 1;
    } catch (error) {
      if (!(error instanceof BnfreeError)) throw error;
      process.stderr.write(`${formatIssues(error.issues)}\n`);
      process.exitCode = 2;
    }
  },
});

async function distilAll(
  names: readonly NetworkName[],
  fitSteps: number,
  testCrops: number,
): Promise<NetworkRow[]> {
  tf.env().set('IS_TEST', true);
  installTrainingKernels();
  await tf.setBackend('wasm');
  const rows: NetworkRow[] = [];
  for (const name of names) {
    const crops = { training: 16, test: testCrops };
    rows.push(
      await distilNetwork(name, {
        crops,
        fitSteps,
        signal: undefined,
        onEvent: (event) => {
          if (event.type === 'warning')
            process.stderr.write(`${event.issue.code} ${event.issue.path}: ${event.issue.message}\n`);
          if (event.type !== 'layer-end') return;
          const place = `${event.index + 1}/${event.count}`;
          process.stderr.write(`${name} ${place} ${event.layer}: ${event.sqnrDb.toFixed(1)} dB\n`);
        },
      }),
    );
  }
  return rows;
}

function chosenNetworks(given: string | undefined): readonly NetworkName[] {
  if (given === undefined) return networkNames;
  const found = networkNames.filter((name) => name === given);
  if (found.length === 1) return found;
  throw invalidFlag('network', given, networkNames.join(', '), `--network ${networkNames[0]}`);
}

function wholeNumber(flag: string, given: string): number {
  const value = Number(given);
  if (given !== '' && Number.isInteger(value) && value >= 0 && value <= 10000) return value;
  throw invalidFlag(flag, given, 'a whole number 0 .. 10000', `--${flag} 10`);
}

function invalidFlag(flag: string, given: string, expected: string, fix: string): BnfreeError {
  const message = `got ${JSON.stringify(given)}, expected ${expected}`;
  return new BnfreeError([{ code: 'INVALID_FLAG', path: `--${flag}`, message, fix }]);
}

await runMain(command);
