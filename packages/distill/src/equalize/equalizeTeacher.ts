import { sha256Hex } from '@bnfree/core';
import * as tf from '@tensorflow/tfjs-core';
import { planStudent } from '../plan/planStudent.js';
import { tapOf } from '../plan/outputTaps.js';
import type { PlannedLayer, StudentPlan } from '../plan/studentPlan.js';
import type { Teacher, TeacherParameters } from '../teacher/teacher.js';
import { activationGrid } from '../training/activationGrid.js';
import { weightGrid } from '../training/weightGrid.js';
import { channelPairs, type ChannelPair } from './channelPairs.js';
import { channelStatistics } from './channelStatistics.js';
import { chooseScales } from './chooseScales.js';
import { scaleInputs, scaleOutputs } from './scaleParameters.js';

/**
 * A teacher that computes the same outputs, with its channels scaled so that one step a layer serves all of them better.
 *
 * Batch normalization's gain of a channel moves into the weights of the layer behind it (cross-layer equalization, Nagel et al. 2019,
 * arXiv 1906.04721), as far as the noise of weights and values together gets less. Give it to a run in place of the teacher:
 * `distillLayerwise(equalizeTeacher(openTeacher(model), { plan }), images)`. `plan` says which bits there will be; 8 without it.
 */
export function equalizeTeacher(
  teacher: Teacher,
  { plan = planStudent(teacher) }: { readonly plan?: StudentPlan } = {},
): Teacher {
  const scaled = new ScaledTeacher(teacher);
  for (const pair of channelPairs(plan)) {
    const scales = chooseScales(channelStatistics(scaled, pair, levelsOf(pair)));
    if (scales.some((scale) => scale !== 1)) scaled.scale(plan, pair, Float32Array.from(scales));
  }
  return scaled;
}

function levelsOf({ first, second }: ChannelPair) {
  const weights = ({ weights: { bits, code } }: PlannedLayer): number => weightGrid(bits, code).max;
  const { max } = activationGrid(first.activations?.bits ?? 8, first.activation);
  return { first: weights(first), second: weights(second), activations: max };
}

/** Another teacher's values times a scale a channel, where there is one. */
class ScaledTeacher implements Teacher {
  readonly name: string;
  readonly nodes: Teacher['nodes'];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** By teacher node: scales of its last axis. */
  readonly #scales = new Map<string, Float32Array>();
  readonly #parameters = new Map<string, TeacherParameters>();

  constructor(private readonly inner: Teacher) {
    ({ name: this.name, nodes: this.nodes, inputs: this.inputs, outputs: this.outputs } = inner);
  }

  get digest(): string {
    const scales = [...this.#scales].map(([name, values]) => `${name} ${values.join()}`);
    return sha256Hex(new TextEncoder().encode([this.inner.digest, ...scales].join('\n')));
  }

  parameters(node: string): TeacherParameters {
    return this.#parameters.get(node) ?? this.inner.parameters(node);
  }

  scale(plan: StudentPlan, { first, second, between }: ChannelPair, scales: Float32Array): void {
    for (const [node, parameters] of scaleOutputs(this, first, scales))
      this.#parameters.set(node, parameters);
    const [head] = second.teacherNodes;
    this.#parameters.set(head, scaleInputs(this.parameters(head), scales));
    const tap = tapOf(plan, first.name);
    const from = first.teacherNodes.indexOf(tap);
    const nodes = [...first.teacherNodes.slice(from), ...between.slice(1), ...this.#unseen(tap, head)];
    const sizeOf = new Map(this.nodes.map(({ name, shape }) => [name, shape.at(-1) ?? 1]));
    for (const node of nodes) {
      const size = sizeOf.get(node) ?? 0;
      this.#scales.set(
        node,
        Float32Array.from({ length: size }, (_, i) => scales[i % scales.length]),
      );
    }
  }

  evaluate(feeds: ReadonlyMap<string, tf.Tensor>, fetches: readonly string[]): Map<string, tf.Tensor> {
    const unscaled = new Map<string, tf.Tensor>();
    const own: tf.Tensor[] = [];
    for (const [name, value] of feeds) {
      const scales = this.#scales.get(name);
      if (scales === undefined) unscaled.set(name, value);
      else {
        const divided = tf.tidy(() => tf.div(value, tf.tensor1d(scales)));
        own.push(divided);
        unscaled.set(name, divided);
      }
    }
    const values = this.inner.evaluate(unscaled, fetches);
    tf.dispose(own);
    for (const [name, value] of values) {
      const scales = this.#scales.get(name);
      if (scales === undefined) continue;
      values.set(
        name,
        tf.tidy(() => tf.mul(value, tf.tensor1d(scales))),
      );
      value.dispose();
    }
    return values;
  }

  /** Nodes between a tap and the next layer that the plan has no names for: dropout, padding. */
  #unseen(tap: string, head: string): string[] {
    const found: string[] = [];
    const nodeOf = new Map(this.nodes.map((node) => [node.name, node]));
    let name = nodeOf.get(head)?.inputs[0];
    while (name !== undefined && name !== tap) {
      found.push(name);
      name = nodeOf.get(name)?.inputs[0];
    }
    return found;
  }
}
