import type { Arena, KernelBackend, LayoutRequest, OperandViews, TensorLayout } from '../backend.js';
import { invalid, isIntegerIn } from '../checks/checkFields.js';
import { maxTensorBytes } from '../checks/checkShape.js';
import { unknownKeys } from '../checks/unknownKeys.js';
import { type Issue, throwIfIssues } from '../errors.js';
import type { Op } from '../ops/index.js';
import {
  type TensorShape,
  denseLayout,
  denseRequest,
  requestedLayout,
  tensorByteLength,
} from './tensorLayout.js';
import { fillHalo, writeTensor } from './tensorValues.js';

/** Decides how an operand lies in memory; any layout that holds the tensor will do. */
export type LayoutChooser = (tensor: TensorShape, request: LayoutRequest) => TensorLayout;

/** How {@link placeOperands} places. */
export interface PlaceOperandsOptions {
  /** The layouts that the backend asks for (the default), dense ones, or any others. */
  readonly layouts?: 'requested' | 'dense' | LayoutChooser;
  /** First byte that may be used; default 0. */
  readonly start?: number;
  /** Bytes that stay free before, between and behind all parts; default 0. */
  readonly gap?: number;
}

/** Where all memory of an op lies in an arena. With the arena it is what `prepare` takes: `{ ...places, arena }`. */
export interface OperandPlaces extends Omit<OperandViews, 'arena'> {
  /** What the halo of each input must hold before a run; null where it is not read. */
  readonly haloValues: readonly (number | null)[];
  /** End of the last part, gap included: what the arena must have. */
  readonly byteLength: number;
}

/**
 * Places inputs, output, constants and scratch of an op one after another.
 *
 * @throws BnfreeError UNKNOWN_OPTION, INVALID_VALUE
 */
export function placeOperands(
  backend: Pick<KernelBackend, 'layout'>,
  op: Op,
  options: PlaceOperandsOptions = {},
): OperandPlaces {
  throwIfIssues(checkOptions(options));
  const { layouts = 'requested', start = 0, gap = 0 } = options;
  const isDense = layouts === 'dense';
  const choose = typeof layouts === 'function' ? layouts : isDense ? denseLayout : requestedLayout;
  const wanted = backend.layout(op);
  const requests = isDense ? op.inputs.map(() => denseRequest) : wanted.inputs;
  let end = start + gap;
  const reserve = (byteLength: number): number => {
    const byteOffset = alignUp(end);
    end = byteOffset + byteLength + gap;
    return byteOffset;
  };
  const place = (tensor: TensorShape, request: LayoutRequest) => {
    const layout = choose(tensor, request);
    return { byteOffset: reserve(tensorByteLength(tensor, layout)), layout };
  };
  const inputs = op.inputs.map((tensor, i) => place(tensor, requests[i]));
  const output = place(op.output, wanted.output);
  const constantsOffset = reserve(wanted.constantBytes);
  const scratchOffset = reserve(wanted.scratchBytes);
  const haloValues = requests.map(({ haloValue }) => haloValue);
  return { inputs, output, constantsOffset, scratchOffset, haloValues, byteLength: alignUp(end) };
}

/** Copies dense values into all inputs of an op, and fills their halos. */
export function writeInputs(
  arena: Arena,
  op: Op,
  { inputs, haloValues }: Pick<OperandPlaces, 'inputs' | 'haloValues'>,
  values: readonly ArrayLike<number>[],
): void {
  op.inputs.forEach((tensor, i) => {
    const haloValue = haloValues[i];
    if (haloValue !== null) fillHalo(arena, tensor, inputs[i], haloValue);
    writeTensor(arena, tensor, inputs[i], values[i]);
  });
}

function alignUp(byteLength: number): number {
  return Math.ceil(byteLength / 16) * 16;
}

function checkOptions(options: PlaceOperandsOptions): Issue[] {
  const issues = unknownKeys(options, ['layouts', 'start', 'gap'], 'options', 'UNKNOWN_OPTION');
  const { layouts = 'requested', start = 0, gap = 0 } = options;
  if (typeof layouts !== 'function' && !['requested', 'dense'].includes(layouts)) {
    const expected = "'requested', 'dense' or a function";
    issues.push(invalid('options.layouts', layouts, expected, "write layouts: 'dense'"));
  }
  for (const [name, value] of Object.entries({ start, gap })) {
    if (isIntegerIn(value, 0, maxTensorBytes)) continue;
    const expected = `a whole number of bytes, 0 .. ${maxTensorBytes}`;
    issues.push(invalid(`options.${name}`, value, expected, `leave ${name} out`));
  }
  return issues;
}
