import { sha256Hex, throwIfIssues, type Issue } from '@bnfree/core';
import * as tf from '@tensorflow/tfjs-core';
import { randomStream } from '../random/randomStream.js';
import { evaluateSteps, type Step } from './evaluateSteps.js';
import { hostValues } from './hostValues.js';
import type { Teacher, TeacherNode, TeacherParameters } from './teacher.js';

/** A teacher that is known by what it answers alone. */
export interface FunctionTeacherOptions {
  readonly name: string;
  /** `[height, width, channels]` or `[features]`. */
  readonly inputShape: readonly number[];
  /** Name of the input; `input` by default. It is the plan's `input.name`. */
  readonly input?: string;
  /** Values by the names of the plan's taps, of a batch of real inputs. Deterministic, in inference mode. */
  readonly run: (x: tf.Tensor) => Readonly<Record<string, tf.Tensor>>;
  /** Weights to start from, by the first teacher node of each layer; drawn at random where there are none. */
  readonly parameters?: Readonly<Record<string, TeacherParameters>>;
}

const probeImages = 4;
const probeElsewhere = "await tf.setBackend('cpu') before functionTeacher(), and your own backend after it";

/**
 * Makes a teacher of a plain function; the plan has to be the user's own.
 *
 * Every tap is computed from the input. The digest is that of the answers to a few random inputs.
 * @throws BnfreeError NOT_A_TEACHER, TEACHER_NOT_READABLE
 */
export function functionTeacher(options: FunctionTeacherOptions): Teacher {
  const { name, inputShape, input = 'input', run, parameters = {} } = options;
  const { shapes, digest } = probe(options);
  throwIfIssues(shapes.size === 0 ? [noTaps()] : []);
  const operation = {
    kind: 'unsupported',
    className: 'function',
    reason: 'Nothing is known of how a function computes its values; a plan must be given.',
  } as const;
  const nodes: TeacherNode[] = [
    { name: input, operation: { kind: 'input' }, inputs: [], shape: inputShape, path: `teacher "${input}"` },
    ...[...shapes].map(([tap, shape]) => ({
      name: tap,
      operation,
      inputs: [input],
      shape,
      path: `teacher "${tap}"`,
    })),
  ];
  const taps = [...shapes.keys()];
  const steps: Step[] = [
    { inputs: [], outputs: [input], run: null },
    {
      inputs: [input],
      outputs: taps,
      run: ([x]) => {
        const values = run(x);
        return taps.map((tap) => values[tap]);
      },
    },
  ];
  const graph = { steps, shapes: new Map([[input, inputShape], ...shapes]) };
  return {
    name,
    nodes,
    inputs: [input],
    outputs: [taps[taps.length - 1]],
    parameters: (node) => (Object.hasOwn(parameters, node) ? parameters[node] : {}),
    digest,
    evaluate: (feeds, fetches) => evaluateSteps(graph, feeds, fetches),
  };
}

/** Runs the function once: the shapes of its values, and what tells it from another function. */
function probe({ inputShape, run }: FunctionTeacherOptions): {
  shapes: Map<string, readonly number[]>;
  digest: string;
} {
  const stream = randomStream(0, 'functionTeacher');
  const size = probeImages * inputShape.reduce((a, b) => a * b, 1);
  const values = Float32Array.from({ length: size }, () => stream.nextInt(-128, 127) / 128);
  const answers = tf.tidy(() => ({ ...run(tf.tensor(values, [probeImages, ...inputShape])) }));
  try {
    const taps = Object.entries(answers);
    throwIfIssues(taps.flatMap(([tap, tensor]) => (tensor instanceof tf.Tensor ? [] : [noTensor(tap)])));
    const parts = taps.map(([tap, tensor]) => {
      const data = hostValues(tensor, probeElsewhere);
      return `${tap} ${sha256Hex(new Uint8Array(data.buffer))}`;
    });
    return {
      shapes: new Map(taps.map(([tap, tensor]) => [tap, tensor.shape.slice(1)])),
      digest: sha256Hex(new TextEncoder().encode(parts.sort().join('\n'))),
    };
  } finally {
    tf.dispose(answers);
  }
}

function noTaps(): Issue {
  return {
    code: 'NOT_A_TEACHER',
    path: 'run',
    message: 'Got no values, expected one tensor for each tap of the plan.',
    fix: 'run: (x) => ({ relu1: ..., logits: ... })',
  };
}

function noTensor(tap: string): Issue {
  return {
    code: 'NOT_A_TEACHER',
    path: `run(x)["${tap}"]`,
    message: 'Got something that is no tensor.',
    fix: `return a tensor of shape [batch, ...] for "${tap}"`,
  };
}
