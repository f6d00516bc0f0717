import { storedFloats, storedTensor } from '../checkpoint/storedTensor.js';
import type { StoredTensor, TensorFile } from '../checkpoint/tensorFile.js';
import { integerizeLayer } from '../layers/integerizeLayer.js';
import { integerizeMerge } from '../layers/integerizeMerge.js';
import {
  isFrozenLayer,
  type FitRecord,
  type FrozenLayer,
  type FrozenUnit,
  type LayerParameters,
  type LayerSteps,
  type QuantizableLayer,
  type ValueGrid,
} from '../layers/stages.js';
import type { PlannedLayer, PlannedUnit } from '../plan/studentPlan.js';
import type { UnitQuality } from './layerQuality.js';

/** What is told of a finished unit. */
export interface UnitRecord extends UnitQuality {
  readonly durationMs: number;
}

/** A unit's float shadow as named tensors: all that is needed to freeze it again to the same bytes. */
export function storeShadow(unit: FrozenUnit): Record<string, StoredTensor> {
  const { name } = unit.plan;
  const vector = (values: Float32Array): StoredTensor => ({ shape: [values.length], values });
  const step = (value: number | null): Record<string, StoredTensor> =>
    value === null ? {} : { [`${name}/activationStep`]: vector(Float32Array.of(value)) };
  if (!isFrozenLayer(unit)) {
    const { activationStep, zeroPoint } = unit.shadow;
    return { ...step(activationStep), [`${name}/zeroPoint`]: vector(Float32Array.of(zeroPoint)) };
  }
  const { parameters, steps } = unit.shadow;
  return {
    [`${name}/kernel`]: { shape: parameters.kernelShape, values: parameters.kernel },
    [`${name}/bias`]: vector(parameters.bias),
    [`${name}/weightSteps`]: vector(steps.weightSteps),
    ...step(steps.activationStep),
    ...(steps.fixedRatios === null ? {} : { [`${name}/fixedRatios`]: vector(steps.fixedRatios) }),
    ...(steps.thresholds === undefined
      ? {}
      : { [`${name}/thresholds`]: { shape: [steps.thresholds.length], values: steps.thresholds } }),
  };
}

/** The unit of {@link storeShadow}, frozen again on the grids of its inputs. */
export function restoreShadow(
  plan: PlannedUnit,
  tensors: TensorFile['tensors'],
  inputs: readonly ValueGrid[],
  fit: FitRecord | undefined,
): FrozenUnit {
  if (plan.kind === 'layer') return restoreLayer(plan, tensors, inputs[0], fit);
  const [activationStep] = storedFloats(tensors, `${plan.name}/activationStep`);
  const [zeroPoint] = storedFloats(tensors, `${plan.name}/zeroPoint`);
  return integerizeMerge({ stage: 'calibrated', plan, activationStep, zeroPoint }, inputs);
}

function restoreLayer(
  plan: PlannedLayer,
  tensors: TensorFile['tensors'],
  input: ValueGrid,
  fit: FitRecord | undefined,
): FrozenLayer {
  const named = (name: string): string => `${plan.name}/${name}`;
  const optional = (name: string): Float32Array | null =>
    Object.hasOwn(tensors, named(name)) ? storedFloats(tensors, named(name)) : null;
  const parameters: LayerParameters = {
    kernelShape: storedTensor(tensors, named('kernel')).shape,
    kernel: storedFloats(tensors, named('kernel')),
    bias: storedFloats(tensors, named('bias')),
  };
  const thresholds = Object.hasOwn(tensors, named('thresholds'))
    ? storedTensor(tensors, named('thresholds')).values
    : undefined;
  const steps: LayerSteps = {
    weightSteps: storedFloats(tensors, named('weightSteps')),
    activationStep: optional('activationStep')?.[0] ?? null,
    fixedRatios: optional('fixedRatios'),
    ...(thresholds instanceof Int32Array ? { thresholds } : {}),
  };
  const shadow: QuantizableLayer =
    fit === undefined
      ? { stage: 'calibrated', plan, parameters, steps }
      : { stage: 'fitted', plan, parameters, steps, fit };
  return integerizeLayer(shadow, input);
}

/** Checkpoint of one finished unit. */
export function encodeUnit(unit: FrozenUnit, record: UnitRecord): TensorFile {
  const { shadow } = unit;
  const fit = shadow.stage === 'fitted' ? { ...shadow.fit } : null;
  const { outputHistogram, ...rest } = record;
  const told = { ...rest, outputHistogram: outputHistogram && { ...outputHistogram } };
  return { metadata: { layer: unit.plan.name, ...told, fit }, tensors: storeShadow(unit) };
}

/** The unit of {@link encodeUnit} and what was told of it. */
export function decodeUnit(
  plan: PlannedUnit,
  file: TensorFile,
  inputs: readonly ValueGrid[],
): { unit: FrozenUnit; record: UnitRecord } {
  const fit = file.metadata['fit'] as unknown as FitRecord | null;
  return {
    unit: restoreShadow(plan, file.tensors, inputs, fit ?? undefined),
    record: {
      sqnrDb: file.metadata['sqnrDb'] as number,
      outputHistogram: file.metadata['outputHistogram'] as unknown as UnitRecord['outputHistogram'],
      durationMs: file.metadata['durationMs'] as number,
    },
  };
}
