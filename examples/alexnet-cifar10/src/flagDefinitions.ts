import type { RequantizationScheme } from '@bnfree/distill';

/** The requantization schemes and what each costs in hardware. */
export const schemes = {
  perLayer: 'one multiplier a layer',
  perChannel: 'one multiplier a channel',
  shiftPerLayer: 'one shift a layer',
  shiftPerChannel: 'one shift a channel',
  divide: 'one integer divisor a layer, no bias',
  thresholds: 'thresholds a channel, activations of at most 4 bits',
} as const satisfies Record<RequantizationScheme, string>;

const schemeList = Object.entries(schemes).map(([name, meaning]) => `${name} (${meaning})`);

/** Every flag of the demo, in the form that citty prints usage from. */
export const flagDefinitions = {
  bits: {
    type: 'string',
    valueHint: 'W,A',
    default: '4,4',
    description: 'Bits of weights and activations, 1 .. 8 each',
  },
  requantization: {
    type: 'string',
    valueHint: 'scheme',
    default: 'perLayer',
    description: schemeList.join(', '),
  },
  'train-images': {
    type: 'string',
    valueHint: 'N',
    default: '10000',
    description: 'Training images to use, 500 .. 50000',
  },
  'fit-steps': {
    type: 'string',
    valueHint: 'N',
    default: '100',
    description: 'Training steps a layer; 0 is PTQ',
  },
  'tune-steps': {
    type: 'string',
    valueHint: 'N',
    default: '0',
    description: 'End-to-end training steps; 0 leaves the stage out',
  },
  batch: { type: 'string', valueHint: 'N', default: '64', description: 'Images a training step, 1 .. 1024' },
  seed: {
    type: 'string',
    valueHint: 'S',
    default: '7',
    description: 'Names all random streams, 0 .. 4294967295',
  },
  out: {
    type: 'string',
    valueHint: 'DIR',
    default: 'run',
    description: 'Folder for model.bnfree, report.json and the checkpoint',
  },
  resume: { type: 'boolean', description: 'Go on from the checkpoint in the output folder' },
  json: {
    type: 'boolean',
    description: 'Print the report as one JSON document; progress goes to standard error',
  },
} as const;

/** Name of a flag, without its dashes. */
export type FlagName = keyof typeof flagDefinitions;

/** Names of all flags. */
export const flagNames = Object.keys(flagDefinitions) as FlagName[];
