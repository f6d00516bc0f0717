import {
  elementRange,
  isRecord,
  throwIfIssues,
  type ActivationSpec,
  type ElementType,
  type Issue,
} from '@bnfree/integer-kernels';
import type { GraphInput } from '../graph/integerGraph.js';
import { bytesOf } from '../graph/sha256Hex.js';
import { elementCount } from '../graph/tensorSize.js';
import { imagePixels, isImageLike, type ImageLike } from './imageLike.js';

type InputArray = Uint8Array | Uint8ClampedArray | Int8Array | Int32Array;

/** n images, dense: an array for graphs with one input, pixels of an image, or an array for each input by name. */
export type ModelInput = InputArray | ImageLike | Readonly<Record<string, InputArray>>;

/** Checked input: dense bytes of n images for each graph input, in order. Views of what the caller gave. */
export interface ImageBatch {
  readonly count: number;
  readonly tensors: readonly Uint8Array[];
}

const arrayNames: Readonly<Record<ElementType, readonly string[]>> = {
  uint8: ['Uint8Array', 'Uint8ClampedArray', 'Buffer'],
  int8: ['Int8Array'],
  int32: ['Int32Array'],
};

/**
 * Checks what a caller gave against the inputs of a graph.
 * @throws BnfreeError INPUT_MISSING, INPUT_UNKNOWN, INPUT_TYPE, INPUT_LENGTH, INPUT_RANGE, INPUT_IMAGE: all issues at once
 */
export function readInput(inputs: readonly GraphInput[], given: ModelInput): ImageBatch {
  const issues: Issue[] = [];
  const byName = inputsByName(inputs, given, issues);
  const arrays = inputs.map(({ name, tensor }) => {
    const value = byName.get(name);
    if (value === undefined) {
      const message = `the graph takes ${JSON.stringify(name)}, got nothing for it`;
      const fix = `call run({ ${inputs.map((input) => JSON.stringify(input.name)).join(': ..., ')}: ... })`;
      issues.push({ code: 'INPUT_MISSING', path: `input.${name}`, message, fix });
      return undefined;
    }
    return readArray(value, name, tensor, issues);
  });
  throwIfIssues(issues);
  const tensors = arrays.filter((array) => array !== undefined);
  const counts = tensors.map((array, index) => countImages(array, inputs[index]));
  if (counts.some((count) => count !== counts[0])) {
    const message = `got ${counts.join(', ')} images for ${inputs.map(({ name }) => name).join(', ')}`;
    const fix = 'give the same number of images for every input';
    throwIfIssues([{ code: 'INPUT_LENGTH', path: 'input', message, fix }]);
  }
  return { count: counts[0] ?? 0, tensors: tensors.map(bytesOf) };
}

function countImages(array: InputArray, input: GraphInput | undefined): number {
  return input === undefined ? 0 : array.length / elementCount(input.tensor);
}

function inputsByName(
  inputs: readonly GraphInput[],
  given: ModelInput,
  issues: Issue[],
): Map<string, unknown> {
  const isSingle = ArrayBuffer.isView(given) || isImageLike(given);
  if (isSingle) return new Map(inputs.length === 1 ? [[inputs[0].name, given]] : []);
  const entries = isRecord(given) ? Object.entries(given) : [];
  for (const [name] of entries) {
    if (inputs.some((input) => input.name === name)) continue;
    const message = `the graph has no input ${JSON.stringify(name)}`;
    const fix = `use the names ${inputs.map((input) => input.name).join(', ')}`;
    issues.push({ code: 'INPUT_UNKNOWN', path: `input.${name}`, message, fix });
  }
  return new Map(entries);
}

function readArray(
  value: unknown,
  name: string,
  tensor: ActivationSpec,
  issues: Issue[],
): InputArray | undefined {
  const path = `input.${name}`;
  const array = isImageLike(value) ? imagePixels(value, tensor, path, issues) : value;
  if (array === undefined) return undefined;
  const expected = arrayNames[tensor.type];
  const kind = ArrayBuffer.isView(array) ? array.constructor.name : typeof array;
  if (!expected.includes(kind)) {
    const message = `got ${kind}, expected ${expected[0]}`;
    const fix = `pass new ${expected[0]}(values); stored value = real / scale + zeroPoint ${tensor.zeroPoint}`;
    issues.push({ code: 'INPUT_TYPE', path, message, fix });
    return undefined;
  }
  const values = array as InputArray;
  const size = elementCount(tensor);
  if (values.length === 0 || values.length % size !== 0) {
    const message = `got ${values.length} values, expected a multiple of ${size} ([${tensor.shape.join(', ')}])`;
    const fix = 'pass whole images, channels last, without gaps';
    issues.push({ code: 'INPUT_LENGTH', path, message, fix });
    return undefined;
  }
  issues.push(...rangeIssues(values, tensor, path));
  return values;
}

/** Accumulators are proved for the range that the graph states: a value outside it must not get in. */
function rangeIssues(values: InputArray, tensor: ActivationSpec, path: string): Issue[] {
  const { quantMin, quantMax, type } = tensor;
  if (quantMin === elementRange[type].min && quantMax === elementRange[type].max) return [];
  const index = values.findIndex((value) => value < quantMin || value > quantMax);
  if (index < 0) return [];
  const message = `got ${values[index]} at index ${index}, expected ${quantMin} .. ${quantMax}`;
  const fix = `clamp the values to ${quantMin} .. ${quantMax}`;
  return [{ code: 'INPUT_RANGE', path, message, fix }];
}
