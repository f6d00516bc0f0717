import type { WeightCode } from '@bnfree/integer-kernels';
import type { TapOperation } from '../teacher/findTaps.js';
import type { Rational, RequantizationScheme } from './studentPlan.js';

/** Settings of some layers; what is left out keeps its value. */
export interface LayerSettings {
  /** Bits of weights and activations, 1 to 8: both, or each by name. */
  readonly bits?: number | { readonly weights?: number; readonly activations?: number };
  /** `code`: how a weight is stored. New weight bits without a code take that of the bits: `sign` at 1, else `twosComplement`. */
  readonly weights?: { readonly bits?: number; readonly code?: WeightCode };
  readonly activations?: { readonly bits?: number };
  readonly requantization?: RequantizationScheme;
  /** Short for `weights: {code}`. */
  readonly code?: WeightCode;
}

/** What the `layers` function is asked about: a block, or a layer without a student form. */
export interface LayerCandidate {
  /** The teacher's layer name. */
  readonly name: string;
  /** Position among all candidates, from 0. */
  readonly index: number;
  readonly operation: TapOperation | 'unsupported';
  /** First block of the teacher, and each normalization of its input before that. Never true for an unsupported layer. */
  readonly isFirst: boolean;
  /** Last block of the teacher. Never true for an unsupported layer. */
  readonly isLast: boolean;
  /** Without the batch axis. */
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  readonly teacherNodes: readonly string[];
}

/** Settings of a layer by a function: undefined keeps the defaults, `skip` leaves the layer out. */
export type LayerChooser = (layer: LayerCandidate) => LayerSettings | 'skip' | undefined;

/** What stored pixels stand for. */
export interface InputTransform {
  readonly zeroPoint?: number;
  readonly scale?: Rational;
}

/** How a student is planned. Later wins: defaults, these settings, `firstAndLast`, `layers`. */
export interface PlanOptions {
  /** Default 8 bits, code by the bits. */
  readonly weights?: { readonly bits?: number; readonly code?: WeightCode };
  /** Default 8 bits. */
  readonly activations?: { readonly bits?: number };
  /** Default `perLayer`. */
  readonly requantization?: RequantizationScheme;
  /** Settings of the first and the last block alone, such as `{bits: 8}`. */
  readonly firstAndLast?: LayerSettings;
  /** A stored pixel `p` stands for `(p - zeroPoint) * scale`. Default zeroPoint 0, scale 1/1. */
  readonly input?: InputTransform;
  /** The same for single inputs of a teacher with several, by name; what is left out is that of `input`. */
  readonly inputs?: Readonly<Record<string, InputTransform>>;
  /** Class names, one per logit. */
  readonly classes?: readonly string[];
  readonly layers?: LayerChooser;
}
