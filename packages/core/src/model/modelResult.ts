import type { ElementType } from '@bnfree/integer-kernels';
import type { DyadicScale, GraphOutput } from '../graph/integerGraph.js';
import { rankClasses } from './rankClasses.js';

export type ModelArray = Uint8Array | Int8Array | Int32Array;

/** What a run gives: integers of n images, dense. */
export interface ModelResult {
  /** Images n. */
  readonly count: number;
  /** The first output. */
  readonly output: ModelArray;
  /** Every output by its name. */
  readonly outputs: Readonly<Record<string, ModelArray>>;
  /** What a step of `output` is worth, for people who want confidences. */
  readonly scale: DyadicScale;
  /** Class names in the order of the first output; empty where the model has none. */
  readonly classes: readonly string[];
  /** For every image the indices of `output`, largest value first, the lower index first among equals. Computed when asked for. */
  readonly ranking: readonly Int32Array[];
}

/** Gives raw output bytes the form that callers see. */
export function modelResult(
  count: number,
  outputs: readonly {
    readonly output: GraphOutput;
    readonly type: ElementType;
    readonly bytes: Uint8Array;
  }[],
  classes: readonly string[],
): ModelResult {
  const arrays = outputs.map(({ type, bytes }) => typedArray(type, bytes));
  const output = arrays[0] ?? new Uint8Array(0);
  let ranking: readonly Int32Array[] | undefined;
  return {
    count,
    output,
    outputs: Object.fromEntries(outputs.map((entry, index) => [entry.output.name, arrays[index] ?? output])),
    scale: outputs[0]?.output.scale ?? { multiplier: 1, shift: 0 },
    classes,
    get ranking() {
      ranking ??= rankClasses(output, count);
      return ranking;
    },
  };
}

function typedArray(type: ElementType, bytes: Uint8Array): ModelArray {
  if (type === 'uint8') return bytes;
  const { buffer, byteOffset, byteLength } = bytes;
  return type === 'int8'
    ? new Int8Array(buffer, byteOffset, byteLength)
    : new Int32Array(buffer, byteOffset, byteLength / 4);
}
