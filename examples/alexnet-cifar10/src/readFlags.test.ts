import { BnfreeError, type Issue } from '@bnfree/core';
import { describe, expect, test } from '@jest/globals';
import { readFlags } from './readFlags.js';
import { writeFlags } from './writeFlags.js';

function issuesOf(...args: string[]): readonly Issue[] {
  try {
    readFlags(args);
  } catch (error) {
    if (error instanceof BnfreeError) return error.issues;
    throw error;
  }
  return [];
}

const brief = (issues: readonly Issue[]): string[] =>
  issues.map(({ code, path, fix }) => `${code} ${path}: ${fix}`);

describe('readFlags', () => {
  test('has a default for every flag', () => {
    expect(readFlags([])).toEqual({
      bits: { weights: 4, activations: 4 },
      requantization: 'perLayer',
      trainImages: 10_000,
      fitSteps: 100,
      tuneSteps: 0,
      batchSize: 64,
      seed: 7,
      out: 'run',
      isResuming: false,
      isJson: false,
    });
  });

  test('reads values after a blank or an equals sign, and switches', () => {
    const args = [
      '--',
      '--bits',
      '2,3',
      '--requantization=divide',
      '--out=a=b',
      '--json',
      '--seed',
      '0',
      '--resume',
    ];
    expect(readFlags(args)).toMatchObject({
      bits: { weights: 2, activations: 3 },
      requantization: 'divide',
      out: 'a=b',
      seed: 0,
      isJson: true,
      isResuming: true,
    });
  });

  test('reports everything at once, each with something to type', () => {
    const args = ['--bits', '9,4', '--fit-step', '10', '--seed=-1', '--batch', '--json=yes', 'extra'];
    expect(brief(issuesOf(...args))).toEqual([
      'UNKNOWN_FLAG --fit-step: did you mean --fit-steps?',
      'INVALID_FLAG --batch: write --batch 64',
      'INVALID_FLAG --json: write --json',
      'UNKNOWN_FLAG extra: leave extra out',
      'INVALID_FLAG --bits: write --bits 4,4',
      'INVALID_FLAG --seed: write --seed 7',
    ]);
  });

  test.each([
    [['--bits', '4'], '--bits'],
    [['--bits', '4,4,4'], '--bits'],
    [['--train-images', '50001'], '--train-images'],
    [['--train-images', '1e4'], '--train-images'],
    [['--fit-steps', '1.5'], '--fit-steps'],
    [['--batch', '0'], '--batch'],
    [['--seed', '4294967296'], '--seed'],
    [['--seed', '-3'], '--seed'],
    [['--out', ''], '--out'],
    [['--out'], '--out'],
    [['--seed', '1', '--seed', '1'], '--seed'],
    [['--resume', 'now'], '--resume'],
  ])('refuses %j', (args, path) => {
    expect(issuesOf(...args).map((issue) => [issue.code, issue.path])).toEqual([['INVALID_FLAG', path]]);
  });

  test('suggests the scheme that was meant', () => {
    expect(brief(issuesOf('--requantization', 'perlayers'))).toEqual([
      'INVALID_FLAG --requantization: did you mean --requantization perLayer?',
    ]);
  });
});

describe('writeFlags', () => {
  test('writes what readFlags reads', () => {
    const args = ['--bits', '8,8', '--tune-steps', '30', '--out', "it's here", '--resume', '--json'];
    const settings = readFlags(args);
    const command = writeFlags(settings);
    expect(command).toBe(
      "npx -y pnpm@12 demo --bits 8,8 --tune-steps 30 --out 'it'\\''s here' --resume --json",
    );
  });

  test('leaves defaults out', () => {
    expect(writeFlags(readFlags([]))).toBe('npx -y pnpm@12 demo');
  });
});
