import type { Issue } from '@bnfree/core';
import type { WeightCode } from '@bnfree/integer-kernels';
import { defaultCode } from '../training/weightGrid.js';
import type { LayerSettings, PlanOptions } from './planOptions.js';
import type { PlannedActivations, RequantizationScheme } from './studentPlan.js';

/** Settings of one layer, complete. */
export interface ResolvedSettings {
  readonly weights: { readonly bits: number; readonly code: WeightCode };
  readonly activations: PlannedActivations;
  readonly requantization: RequantizationScheme;
}

const defaults: ResolvedSettings = {
  weights: { bits: 8, code: 'twosComplement' },
  activations: { bits: 8 },
  requantization: 'perLayer',
};

/** Where a layer stands, as far as its settings depend on it. */
export interface LayerPlace {
  /** First or last block. */
  readonly isEnd: boolean;
  /** Whether more than eight bits would be of use: it is an output, or nothing but a table takes it, which costs the same for all. */
  readonly wantsEightBits: boolean;
  /** What the teacher itself computes with there; nothing of a float teacher. */
  readonly teacher: TeacherBits;
}

/** Bits of a low-bit teacher's block. */
export interface TeacherBits {
  readonly weights: number | null;
  readonly activations: number | null;
}

const eightBits: LayerSettings = { activations: { bits: 8 } };

/** The settings of a layer: defaults, options, those of its place, and its own. Options must be checked. */
export function resolveSettings(
  options: PlanOptions,
  { isEnd, wantsEightBits, teacher }: LayerPlace,
  own: LayerSettings | undefined,
): ResolvedSettings {
  const { weights, activations, requantization } = options;
  const general: LayerSettings = {
    ...(weights === undefined ? {} : { weights }),
    ...(activations === undefined ? {} : { activations }),
    ...(requantization === undefined ? {} : { requantization }),
  };
  const byPlace = [wantsEightBits ? eightBits : undefined, isEnd ? options.firstAndLast : undefined];
  const settings = [teacherSettings(teacher), general, ...byPlace, own].reduce<ResolvedSettings>(
    applySettings,
    defaults,
  );
  const { bits } = settings.activations;
  return teacher.activations === bits
    ? { ...settings, activations: { bits, step: { numerator: 1, denominator: 2 ** bits - 1 } } }
    : settings;
}

/** A low-bit teacher's own grids: odd integers as weights, one bit as signs. */
function teacherSettings({ weights, activations }: TeacherBits): LayerSettings {
  return {
    ...(weights === null ? {} : { weights: { bits: weights, code: weights === 1 ? 'sign' : 'odd' } }),
    ...(activations === null ? {} : { activations: { bits: activations } }),
  };
}

/** Bits of a layer that its weight code cannot have. */
export function codeIssues(settings: ResolvedSettings, path: string): Issue[] {
  const { bits, code } = settings.weights;
  if (code === 'sign' && bits !== 1) {
    const fix = `weights: { bits: ${bits}, code: 'twosComplement' }`;
    return [
      { code: 'WEIGHT_CODE', path, message: `Got code 'sign' with ${bits} bits, expected 1 bit.`, fix },
    ];
  }
  if (bits === 1 && (code === 'twosComplement' || code === 'unsigned')) {
    const levels = code === 'twosComplement' ? '-1 and 0' : '0 and 1';
    const message = `Got 1 bit with code '${code}', whose levels are ${levels}; expected 'sign' (-1 and 1).`;
    return [{ code: 'WEIGHT_CODE', path, message, fix: "weights: { bits: 1, code: 'sign' }" }];
  }
  return [];
}

function applySettings(settings: ResolvedSettings, override: LayerSettings | undefined): ResolvedSettings {
  if (override === undefined) return settings;
  const pair =
    typeof override.bits === 'object'
      ? override.bits
      : { weights: override.bits, activations: override.bits };
  const weightBits = override.weights?.bits ?? pair.weights;
  const code = override.weights?.code ?? override.code;
  return {
    weights: {
      bits: weightBits ?? settings.weights.bits,
      code: code ?? (weightBits === undefined ? settings.weights.code : defaultCode(weightBits)),
    },
    activations: { bits: override.activations?.bits ?? pair.activations ?? settings.activations.bits },
    requantization: override.requantization ?? settings.requantization,
  };
}
