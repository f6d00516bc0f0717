import type { Issue } from '@bnfree/core';
import type { LayerCandidate } from './planOptions.js';
import type { RequantizationScheme } from './studentPlan.js';
import {
  arrayOf,
  dictionary,
  integer,
  object,
  oneOf,
  optional,
  text,
  type CheckCodes,
  type ValueCheck,
} from './valueCheck.js';

const optionCodes: CheckCodes = { unknownKey: 'UNKNOWN_OPTION', invalid: 'INVALID_OPTION' };

/** The schemes by name, from the strictest hardware to the most capable. */
export const requantizationSchemes: readonly RequantizationScheme[] = Object.keys({
  divide: true,
  shiftPerLayer: true,
  shiftPerChannel: true,
  perLayer: true,
  perChannel: true,
  thresholds: true,
} satisfies Record<RequantizationScheme, true>) as RequantizationScheme[];

/** Accepts 1 to 8 bits. */
export const bitsCheck = integer(1, 8);
/** Accepts a weight code. */
export const codeCheck = oneOf('twosComplement', 'unsigned', 'odd', 'sign');
/** Accepts a requantization scheme. */
export const schemeCheck = oneOf(...requantizationSchemes);
/** Accepts a fraction above zero. */
export const rationalCheck = object({
  numerator: integer(1, 2 ** 31 - 1),
  denominator: integer(1, 2 ** 31 - 1),
});

const weightFields = { bits: optional(bitsCheck), code: optional(codeCheck) };
const activationFields = { bits: optional(bitsCheck) };

const bitsOrPair: ValueCheck = (value, path, codes) =>
  typeof value === 'object' && value !== null
    ? object({ weights: optional(bitsCheck), activations: optional(bitsCheck) })(value, path, codes)
    : bitsCheck(value, path, codes);

const settingsObject = object({
  bits: optional(bitsOrPair),
  weights: optional(object(weightFields)),
  activations: optional(object(activationFields)),
  requantization: optional(schemeCheck),
  code: optional(codeCheck),
});

const settingsCheck: ValueCheck = (value, path, codes) => {
  const issues = settingsObject(value, path, codes);
  return issues.length > 0 ? issues : conflicts(value as Record<string, unknown>, path);
};

const transform = object({ zeroPoint: optional(integer(0, 255)), scale: optional(rationalCheck) });

const optionsCheck = object({
  weights: optional(object(weightFields)),
  activations: optional(object(activationFields)),
  requantization: optional(schemeCheck),
  firstAndLast: optional(settingsCheck),
  input: optional(transform),
  inputs: optional(dictionary(transform)),
  classes: optional(arrayOf(text)),
  layers: optional((value, path) => (typeof value === 'function' ? [] : [notAFunction(path)])),
});

/** All problems of plan options, whatever was given: unknown keys, ranges, conflicts. */
export function checkPlanOptions(options: unknown): Issue[] {
  return optionsCheck(options, '', optionCodes).map((issue) =>
    issue.path === '' ? { ...issue, path: 'options' } : issue,
  );
}

/** All problems of what the `layers` function returned for one layer. */
export function checkLayerChoice(choice: unknown, layer: LayerCandidate): Issue[] {
  if (choice === undefined || choice === 'skip') return [];
  const path = `layers("${layer.name}")`;
  if (typeof choice === 'object' && choice !== null) return settingsCheck(choice, path, optionCodes);
  const message = `Got ${typeof choice === 'string' ? `'${choice}'` : typeof choice}, expected undefined, 'skip' or settings.`;
  return [{ code: 'INVALID_OPTION', path, message, fix: 'return undefined, "skip" or { bits: 8 }' }];
}

/** One setting given in two ways. */
function conflicts(settings: Record<string, unknown>, path: string): Issue[] {
  const { bits, weights, activations, code } = settings as {
    bits?: number | { weights?: number; activations?: number };
    weights?: { bits?: number; code?: string };
    activations?: { bits?: number };
    code?: string;
  };
  const both = typeof bits === 'number';
  const weightBits = both || (typeof bits === 'object' && bits.weights !== undefined);
  const activationBits = both || (typeof bits === 'object' && bits.activations !== undefined);
  const conflict = (isTwice: boolean, first: string, second: string): Issue[] =>
    isTwice
      ? [
          {
            code: 'CONFLICTING_OPTIONS',
            path,
            message: `Got both ${first} and ${second}, expected one of them.`,
            fix: `remove ${first}`,
          },
        ]
      : [];
  return [
    ...conflict(weightBits && weights?.bits !== undefined, 'bits', 'weights.bits'),
    ...conflict(activationBits && activations?.bits !== undefined, 'bits', 'activations.bits'),
    ...conflict(code !== undefined && weights?.code !== undefined, 'code', 'weights.code'),
  ];
}

function notAFunction(path: string): Issue {
  return {
    code: 'INVALID_OPTION',
    path,
    message: 'Got something else, expected a function of a layer.',
    fix: 'layers: (layer) => (layer.isFirst ? { bits: 8 } : undefined)',
  };
}
