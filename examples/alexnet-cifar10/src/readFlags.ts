import { type Issue, throwIfIssues } from '@bnfree/core';
import { closestName } from '@bnfree/integer-kernels';
import type { DemoSettings } from './demoSettings.js';
import { type FlagName, flagDefinitions, schemes } from './flagDefinitions.js';
import { splitFlags } from './splitFlags.js';

type TextFlag = Exclude<FlagName, 'resume' | 'json'>;

/** Reads the command line; throws one BnfreeError with everything that is wrong with it. */
export function readFlags(rawArgs: readonly string[]): DemoSettings {
  const { values, issues } = splitFlags(rawArgs);
  const found: Issue[] = [...issues];
  const text = (name: TextFlag): string => values.get(name) ?? flagDefinitions[name].default;
  const integer = (name: TextFlag, min: number, max: number): number => {
    const value = /^\d{1,10}$/.test(text(name)) ? Number(text(name)) : Number.NaN;
    if (!(value >= min && value <= max)) {
      found.push(invalid(name, text(name), `a whole number of ${min} .. ${max}`));
    }
    return value;
  };
  const settings = {
    bits: readBits(text('bits'), found),
    requantization: readScheme(text('requantization'), found),
    trainImages: integer('train-images', 500, 50_000),
    fitSteps: integer('fit-steps', 0, 100_000),
    tuneSteps: integer('tune-steps', 0, 1_000_000),
    batchSize: integer('batch', 1, 1024),
    seed: integer('seed', 0, 0xffffffff),
    out: text('out'),
    isResuming: values.has('resume'),
    isJson: values.has('json'),
  };
  throwIfIssues(found);
  return settings;
}

function readBits(text: string, issues: Issue[]): DemoSettings['bits'] {
  const found = /^([1-8]),([1-8])$/.exec(text);
  if (found === null) issues.push(invalid('bits', text, 'two numbers of 1 .. 8, weights first'));
  return { weights: Number(found?.[1]), activations: Number(found?.[2]) };
}

function readScheme(text: string, issues: Issue[]): DemoSettings['requantization'] {
  const names = Object.keys(schemes) as DemoSettings['requantization'][];
  const scheme = names.find((name) => name === text);
  if (scheme === undefined) {
    const nearest = closestName(text, names);
    const issue = invalid('requantization', text, `one of ${names.join(', ')}`);
    issues.push(
      nearest === undefined ? issue : { ...issue, fix: `did you mean --requantization ${nearest}?` },
    );
  }
  return scheme ?? 'perLayer';
}

function invalid(name: TextFlag, got: string, expected: string): Issue {
  const fix = `write --${name} ${flagDefinitions[name].default}`;
  return { code: 'INVALID_FLAG', path: `--${name}`, message: `got "${got}", expected ${expected}`, fix };
}
