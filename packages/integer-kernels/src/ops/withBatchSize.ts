import type { ActivationSpec } from '../activation.js';
import type { OpBase } from './op.js';

/** The same op with another size of the first axis of every activation. */
export function withBatchSize<Op extends OpBase<string>>(op: Op, batch: number): Op {
  return {
    ...op,
    inputs: op.inputs.map((input) => withFirstAxis(input, batch)),
    output: withFirstAxis(op.output, batch),
  };
}

/** The same activation with another size of its first axis. */
export function withFirstAxis(spec: ActivationSpec, size: number): ActivationSpec {
  return { ...spec, shape: [size, ...spec.shape.slice(1)] };
}
