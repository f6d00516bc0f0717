import type { RequantizationScheme } from '@bnfree/distill';
import type { AccuracySettingName } from './settings.js';
import type { AccuracyTeacherName } from './teachers.js';

/**
 * How a row's student is made.
 *
 * - `ptq`: the same pipeline without any training;
 * - `layerwise`: fitted layer by layer, nothing after;
 * - `distilled`: layer by layer, then end to end; no labels;
 * - `distilled+labels`: the same with the labels' cross entropy beside the teacher's classes;
 * - `teacherInputs`: as `distilled`, but layers are fitted on the clean teacher's inputs instead of the student's own;
 * - `direct`: end to end from the teacher's weights, for as many multiply-accumulates, without the layer-wise stage;
 * - `paper`: the student of arXiv 2512.16476 as reconstructed, of a low-bit teacher: one divisor a layer, no bias;
 * - `thresholds`: the exact student of a low-bit teacher, nothing trained;
 * - `lsq+bn`: quantised training with batch normalization kept (floats at inference), for as many; labels;
 * - `teacherTrainedOn`: the float teacher itself, for as many; labels.
 */
export const methods = [
  'ptq',
  'layerwise',
  'distilled',
  'distilled+labels',
  'teacherInputs',
  'direct',
  'paper',
  'thresholds',
  'lsq+bn',
  'teacherTrainedOn',
] as const;

/** Which method. */
export type Method = (typeof methods)[number];

/** What identifies a row. */
export interface RowSpec {
  readonly teacher: AccuracyTeacherName;
  readonly setting: AccuracySettingName;
  readonly method: Method;
  /** `none` where floats stay. */
  readonly requantization: RequantizationScheme | 'none';
  readonly seed: number;
}

/** Folder and file name of a row. */
export function rowId({ teacher, setting, method, requantization, seed }: RowSpec): string {
  return [teacher, setting, method.replace('+', '-'), requantization, `seed${seed}`].join('-');
}

/** Every row of docs/accuracy.md, the most telling ones first: a queue that is cut short has them. */
export function rowSpecs(): RowSpec[] {
  const alexnet = 'alexnet-bn-cifar10';
  const row = (
    setting: AccuracySettingName,
    method: Method,
    requantization: RowSpec['requantization'] = 'perLayer',
    seed = 1,
    teacher: AccuracyTeacherName = alexnet,
  ): RowSpec => ({ teacher, setting, method, requantization, seed });
  const settings: readonly AccuracySettingName[] = ['W8A8', 'W4A4', 'W2A4', 'W2A2', 'W1A2'];
  const studied: readonly AccuracySettingName[] = ['W4A4', 'W2A2'];
  return [
    ...settings.map((setting) => row(setting, 'ptq')),
    ...settings.map((setting) => row(setting, 'ptq', 'perChannel')),
    ...settings.map((setting) => row(setting, 'layerwise')),
    row('W2A2', 'ptq', 'perLayer', 1, 'lenet-bn-mnist'),
    row('W2A2', 'distilled', 'perLayer', 1, 'lenet-bn-mnist'),
    ...settings.map((setting) => row(setting, 'distilled')),
    row('W1A2', 'distilled', 'shiftPerChannel'),
    row('W2A2', 'thresholds', 'thresholds', 1, 'alexnet-dorefa-cifar10'),
    row('W2A2', 'paper', 'divide', 1, 'alexnet-dorefa-cifar10'),
    ...studied.map((setting) => row(setting, 'direct')),
    ...studied.map((setting) => row(setting, 'lsq+bn', 'none')),
    row('W4A4', 'teacherTrainedOn', 'none'),
    ...(['W8A8', ...studied] as const).flatMap((setting) =>
      [2, 3].map((seed) => row(setting, 'distilled', 'perLayer', seed)),
    ),
    ...studied.map((setting) => row(setting, 'distilled+labels')),
    ...studied.map((setting) => row(setting, 'teacherInputs')),
    ...(['perChannel', 'shiftPerLayer', 'divide'] as const).map((scheme) => row('W4A4', 'distilled', scheme)),
  ];
}
