import type { PlannedLayer } from '../plan/studentPlan.js';
import type { Teacher, TeacherParameters } from '../teacher/teacher.js';
import { trainableOf } from '../trainable/index.js';

/** Parameters of a layer's block, by node, that give each output channel times its scale. */
export function scaleOutputs(
  teacher: Teacher,
  layer: PlannedLayer,
  scales: Float32Array,
): Map<string, TeacherParameters> {
  const operationOf = new Map(teacher.nodes.map(({ name, operation }) => [name, operation.kind]));
  const isNormalization = (name: string): boolean =>
    ['batchNormalization', 'affine'].includes(operationOf.get(name) ?? '');
  const last = layer.teacherNodes.filter(isNormalization).at(-1);
  if (last === undefined) {
    const [head] = layer.teacherNodes;
    return new Map([[head, scaleKernel(teacher.parameters(head), layer, scales)]]);
  }
  const { gamma, beta, gain, offset, ...rest } = teacher.parameters(last);
  const times = (values: Float32Array): Float32Array =>
    values.map((value, channel) => value * scales[channel]);
  const scaled =
    gain === undefined
      ? {
          ...rest,
          gamma: times(gamma ?? new Float32Array(scales.length).fill(1)),
          beta: times(beta ?? new Float32Array(scales.length)),
        }
      : { ...rest, gain: times(gain), offset: times(offset ?? new Float32Array(scales.length)) };
  return new Map([[last, scaled]]);
}

function scaleKernel(
  parameters: TeacherParameters,
  layer: PlannedLayer,
  scales: Float32Array,
): TeacherParameters {
  const { kernel, bias } = parameters;
  if (kernel === undefined) return parameters;
  const trainable = trainableOf(layer.operation);
  const values = kernel.values.slice();
  const rowLength = values.length / scales.length;
  scales.forEach((scale, channel) => {
    for (let position = 0; position < rowLength; position += 1) {
      const index = trainable.kernelIndex(kernel.shape, channel, position);
      values[index] = values[index] * scale;
    }
  });
  const scaledBias = bias?.map((value, channel) => value * scales[channel]);
  return {
    kernel: { shape: kernel.shape, values },
    ...(scaledBias === undefined ? {} : { bias: scaledBias }),
  };
}

/** The same layer for inputs that come times a scale a channel: its kernel, `[..., inputs, outputs]`, divided by them. */
export function scaleInputs(parameters: TeacherParameters, scales: Float32Array): TeacherParameters {
  const { kernel } = parameters;
  if (kernel === undefined) return parameters;
  const outputs = kernel.shape[kernel.shape.length - 1];
  const values = kernel.values.map((value, i) => value / scales[Math.floor(i / outputs) % scales.length]);
  return { ...parameters, kernel: { shape: kernel.shape, values } };
}
