import { storedFloats, storedTensor } from '../checkpoint/storedTensor.js';
import type { ValueGrid } from '../layers/stages.js';
import { integerizeLayer } from '../layers/integerizeLayer.js';
import type {
  FitRecord,
  FrozenLayer,
  LayerParameters,
  LayerSteps,
  QuantizableLayer,
} from '../layers/stages.js';
import type { StoredTensor, TensorFile } from '../checkpoint/tensorFile.js';
import type { PlannedLayer } from '../plan/studentPlan.js';

/** What is told of a finished layer. */
export interface LayerRecord {
  readonly sqnrDb: number;
  readonly durationMs: number;
}

/** A layer's float shadow as named tensors: all that is needed to freeze it again to the same bytes. */
export function storeShadow({ plan, shadow }: FrozenLayer): Record<string, StoredTensor> {
  const { parameters, steps } = shadow;
  const vector = (values: Float32Array): StoredTensor => ({ shape: [values.length], values });
  return {
    [`${plan.name}/kernel`]: { shape: parameters.kernelShape, values: parameters.kernel },
    [`${plan.name}/bias`]: vector(parameters.bias),
    [`${plan.name}/weightSteps`]: vector(steps.weightSteps),
    ...(steps.activationStep === null
      ? {}
      : { [`${plan.name}/activationStep`]: vector(Float32Array.of(steps.activationStep)) }),
    ...(steps.fixedRatios === null ? {} : { [`${plan.name}/fixedRatios`]: vector(steps.fixedRatios) }),
  };
}

/** The layer of {@link storeShadow}, frozen again on the grid of its input. */
export function restoreShadow(
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
  const steps: LayerSteps = {
    weightSteps: storedFloats(tensors, named('weightSteps')),
    activationStep: optional('activationStep')?.[0] ?? null,
    fixedRatios: optional('fixedRatios'),
  };
  const shadow: QuantizableLayer =
    fit === undefined
      ? { stage: 'calibrated', plan, parameters, steps }
      : { stage: 'fitted', plan, parameters, steps, fit };
  return integerizeLayer(shadow, input);
}

/** Checkpoint of one finished layer. */
export function encodeLayer(layer: FrozenLayer, record: LayerRecord): TensorFile {
  const fit = layer.shadow.stage === 'fitted' ? { ...layer.shadow.fit } : null;
  return { metadata: { layer: layer.plan.name, ...record, fit }, tensors: storeShadow(layer) };
}

export function decodeLayer(
  plan: PlannedLayer,
  file: TensorFile,
  input: ValueGrid,
): { layer: FrozenLayer; record: LayerRecord } {
  const fit = file.metadata['fit'] as unknown as FitRecord | null;
  return {
    layer: restoreShadow(plan, file.tensors, input, fit ?? undefined),
    record: { sqnrDb: file.metadata['sqnrDb'] as number, durationMs: file.metadata['durationMs'] as number },
  };
}
