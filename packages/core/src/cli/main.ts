#!/usr/bin/env node
import { formatIssues, unknownKeys } from '@bnfree/integer-kernels';
import { defineCommand, runMain } from 'citty';
import { compileFile } from './compileFile.js';
import type { FileCommand } from './commandResult.js';
import { describeFile } from './describeFile.js';
import { runCommand } from './runCommand.js';
import { selfTestFile } from './selfTestFile.js';
import { verifyFile } from './verifyFile.js';

const streams = {
  write: (text: string) => void process.stdout.write(text),
  writeError: (text: string) => void process.stderr.write(text),
};

function fileCommand(name: string, description: string, command: FileCommand) {
  return defineCommand({
    meta: { name, description },
    args: {
      file: { type: 'positional', description: 'Path or URL of a .bnfree file', required: true },
      json: { type: 'boolean', description: 'Print JSON for programs', default: false },
    },
    async run({ args }) {
      const unknown = unknownKeys(args, ['_', 'file', 'json'], '', 'UNKNOWN_OPTION');
      if (unknown.length > 0 || args._.length > 1) {
        streams.writeError(`${formatIssues(unknown) || 'expected one file'}\n`);
        process.exitCode = 1;
        return;
      }
      process.exitCode = await runCommand(command, args.file, args.json, streams);
    },
  });
}

const compile = defineCommand({
  meta: {
    name: 'compile',
    description: 'Write the WebAssembly modules of a model beside it, for hosts that forbid compilation',
  },
  args: {
    file: { type: 'positional', description: 'Path of a .bnfree file', required: true },
    'batch-size': { type: 'string', description: 'Images that go through the layers together', default: '1' },
    memory: { type: 'string', description: 'fast or small, as the model will be loaded', default: 'fast' },
    threads: { type: 'boolean', description: 'For memory that threads share', default: false },
    json: { type: 'boolean', description: 'Print JSON for programs', default: false },
  },
  async run({ args }) {
    const known = ['_', 'file', 'batch-size', 'batchSize', 'memory', 'threads', 'json'];
    const unknown = unknownKeys(args, known, '', 'UNKNOWN_OPTION');
    if (unknown.length > 0 || args._.length > 1) {
      streams.writeError(`${formatIssues(unknown) || 'expected one file'}\n`);
      process.exitCode = 1;
      return;
    }
    const memory = args.memory as 'fast' | 'small';
    const options = { batchSize: Number(args['batch-size']), memory, threads: args.threads };
    process.exitCode = await runCommand(compileFile(options), args.file, args.json, streams);
  },
});

const main = defineCommand({
  meta: { name: 'bnfree', description: 'Look into integer model files.' },
  subCommands: {
    verify: fileCommand('verify', 'Prove that a model computes with integers alone', verifyFile),
    describe: fileCommand('describe', 'List layers, bounds, kernels and memory', describeFile),
    compile,
    'self-test': fileCommand('self-test', "Compare this machine's bits with the author's", selfTestFile),
  },
});

void runMain(main);
