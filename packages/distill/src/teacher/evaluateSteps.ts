import { closestName } from '@bnfree/integer-kernels';
import { BnfreeError, type Issue } from '@bnfree/core';
import * as tf from '@tensorflow/tfjs-core';
import type { StepFunction } from './linearStep.js';

/** One computation of a teacher: values in, values out, by name. */
export interface Step {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Null for a model input. */
  readonly run: StepFunction | null;
}

/** The steps of a teacher in an order in which they can run, with what is known of their values. */
export interface StepGraph {
  readonly steps: readonly Step[];
  /** Batch-less shape of every value. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}

/**
 * Computes `fetches` from `feeds`, running only the steps between them and freeing values after their last use.
 *
 * The caller owns the results, also where a fetch is a feed. Works inside a gradient tape.
 * Throws UNKNOWN_TEACHER_NODE, TEACHER_FEED_SHAPE and MISSING_TEACHER_FEED, all issues at once.
 */
export function evaluateSteps(
  graph: StepGraph,
  feeds: ReadonlyMap<string, tf.Tensor>,
  fetches: readonly string[],
): Map<string, tf.Tensor> {
  const issues = [...feedIssues(graph, feeds), ...fetchIssues(graph, fetches)];
  if (issues.length > 0) throw new BnfreeError(issues);
  const unique = [...new Set(fetches)];
  const steps = neededSteps(graph, feeds, unique);
  const results = tf.tidy(() => {
    const values = new Map(feeds);
    const remaining = countUses(steps, unique);
    for (const step of steps) {
      const inputs = step.inputs.map((name) => valueAt(values, name));
      const outputs = tf.tidy(() => ownOutputs(step.run?.(inputs) ?? [], inputs));
      step.outputs.forEach((name, i) => {
        const output = outputs[i];
        if (feeds.has(name) || !remaining.has(name)) output.dispose();
        else values.set(name, output);
      });
      for (const name of step.inputs) {
        const uses = (remaining.get(name) ?? 0) - 1;
        remaining.set(name, uses);
        if (uses === 0 && !feeds.has(name)) values.get(name)?.dispose();
      }
    }
    return unique.map((name) => (feeds.has(name) ? valueAt(values, name).clone() : valueAt(values, name)));
  });
  return new Map(unique.map((name, i) => [name, results[i]]));
}

/** A step may hand back its input (dropout does) or one tensor twice: every value gets a handle of its own. */
function ownOutputs(outputs: readonly tf.Tensor[], inputs: readonly tf.Tensor[]): tf.Tensor[] {
  return outputs.map((output, i) =>
    inputs.includes(output) || outputs.indexOf(output) !== i ? output.clone() : output,
  );
}

function valueAt(values: ReadonlyMap<string, tf.Tensor>, name: string): tf.Tensor {
  const value = values.get(name);
  if (value === undefined) throw new Error(`teacher value ${name} was not computed`);
  return value;
}

function neededSteps(
  graph: StepGraph,
  feeds: ReadonlyMap<string, tf.Tensor>,
  fetches: readonly string[],
): Step[] {
  const wanted = new Set(fetches.filter((name) => !feeds.has(name)));
  const steps: Step[] = [];
  const missing: Issue[] = [];
  for (const step of [...graph.steps].reverse()) {
    if (!step.outputs.some((name) => wanted.has(name))) continue;
    if (step.run === null) missing.push(...step.outputs.map(missingFeed));
    for (const name of step.inputs) if (!feeds.has(name)) wanted.add(name);
    steps.push(step);
  }
  if (missing.length > 0) throw new BnfreeError(missing);
  return steps.reverse();
}

/** How often each value is taken: by steps, and once more where it is fetched, so that it lives to the end. */
function countUses(steps: readonly Step[], fetches: readonly string[]): Map<string, number> {
  const uses = new Map<string, number>();
  for (const name of [...steps.flatMap((step) => step.inputs), ...fetches]) {
    uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  return uses;
}

function missingFeed(name: string): Issue {
  return {
    code: 'MISSING_TEACHER_FEED',
    path: `feeds["${name}"]`,
    message: 'Got no tensor for this model input, which the fetched values depend on.',
    fix: `teacher.evaluate(new Map([['${name}', tensor]]), fetches)`,
  };
}

function fetchIssues(graph: StepGraph, fetches: readonly string[]): Issue[] {
  return fetches
    .filter((name) => !graph.shapes.has(name))
    .map((name) => unknownNode(graph, `fetches "${name}"`, name));
}

function feedIssues(graph: StepGraph, feeds: ReadonlyMap<string, tf.Tensor>): Issue[] {
  return [...feeds].flatMap(([name, tensor]) => {
    const shape = graph.shapes.get(name);
    if (shape === undefined) return [unknownNode(graph, `feeds["${name}"]`, name)];
    const got = tensor.shape.slice(1);
    if (got.length === shape.length && got.every((size, i) => size === shape[i])) return [];
    return [
      {
        code: 'TEACHER_FEED_SHAPE',
        path: `feeds["${name}"]`,
        message: `Got shape [${String(tensor.shape)}], expected [batch${shape.map((size) => `,${size}`).join('')}].`,
        fix: `feed tensor.reshape([-1${shape.map((size) => `, ${size}`).join('')}])`,
      },
    ];
  });
}

function unknownNode(graph: StepGraph, path: string, name: string): Issue {
  const names = [...graph.shapes.keys()];
  const nearest = closestName(name, names);
  return {
    code: 'UNKNOWN_TEACHER_NODE',
    path,
    message: `The teacher has no value "${name}".`,
    fix: nearest === undefined ? `use one of ${names.join(', ')}` : `did you mean "${nearest}"?`,
  };
}
