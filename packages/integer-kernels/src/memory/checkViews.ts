import type { OperandView, OperandViews } from '../backend.js';
import { isIntegerIn } from '../checks/checkFields.js';
import { maxTensorBytes } from '../checks/checkShape.js';
import type { Issue } from '../errors.js';
import type { OpBase } from '../ops/op.js';
import { type TensorShape, tensorByteLength } from './tensorLayout.js';

/** Memory that one operand may touch. */
interface Extent {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Checks that the memory given to a valid op lies inside the arena.
 *
 * Offsets are multiples of 16, layouts hold the tensor, and the output overlaps no input.
 */
export function checkViews(op: OpBase<string>, views: OperandViews): Issue[] {
  if (views.inputs.length !== op.inputs.length) {
    return [
      misplaced('inputs', `${views.inputs.length} views`, `${op.inputs.length}`, 'pass a view per operand'),
    ];
  }
  const operands = [
    ...op.inputs.map((tensor, i) => ({ path: `inputs[${i}]`, tensor, view: views.inputs[i] })),
    { path: 'output', tensor: op.output, view: views.output },
  ];
  const issues = operands.flatMap(({ path, tensor, view }) =>
    checkView(path, tensor, view, views.arena.byteLength),
  );
  if (issues.length > 0) return issues;
  const extents = operands.map(({ path, tensor, view }) => extentOf(path, tensor, view));
  const output = extents[extents.length - 1];
  return extents.slice(0, -1).flatMap((input) => checkApart(input, output));
}

function checkView(path: string, tensor: TensorShape, view: OperandView, arenaBytes: number): Issue[] {
  const { byteOffset, layout } = view;
  const { channelStride, halo, tailBytes } = layout;
  const channels = tensor.shape[tensor.shape.length - 1];
  const issues: Issue[] = [];
  if (!isIntegerIn(byteOffset, 0, maxTensorBytes) || byteOffset % 16 !== 0) {
    issues.push(
      misplaced(`${path}.byteOffset`, byteOffset, 'a multiple of 16', 'align the operand to 16 bytes'),
    );
  }
  if (!isIntegerIn(channelStride, channels, maxTensorBytes)) {
    issues.push(
      misplaced(
        `${path}.layout.channelStride`,
        channelStride,
        `at least ${channels}`,
        'use denseLayout(tensor)',
      ),
    );
  }
  const sides = [halo.top, halo.bottom, halo.left, halo.right];
  const maxHalo = tensor.shape.length === 4 ? maxTensorBytes : 0;
  if (!sides.every((side) => isIntegerIn(side, 0, maxHalo)) || !isIntegerIn(tailBytes, 0, maxTensorBytes)) {
    const expected = 'a halo of whole numbers, and none unless the rank is 4';
    issues.push(
      misplaced(`${path}.layout`, sides.join(', '), expected, 'use requestedLayout(tensor, request)'),
    );
  }
  if (issues.length > 0) return issues;
  const end = byteOffset + tensorByteLength(tensor, layout);
  if (end <= arenaBytes) return [];
  return [misplaced(path, `an end at byte ${end}`, `at most ${arenaBytes}`, 'allocate a larger arena')];
}

function extentOf(path: string, tensor: TensorShape, { byteOffset, layout }: OperandView): Extent {
  const byteLength = tensorByteLength(tensor, layout) - layout.tailBytes;
  return { path, start: byteOffset, end: byteOffset + byteLength };
}

function checkApart(input: Extent, output: Extent): Issue[] {
  if (input.end <= output.start || output.end <= input.start) return [];
  return [
    misplaced(
      input.path,
      `bytes ${input.start} .. ${input.end}`,
      'none of the output',
      'separate the operands',
    ),
  ];
}

function misplaced(path: string, got: string | number, expected: string, fix: string): Issue {
  return { code: 'VIEW_OUT_OF_BOUNDS', path, message: `got ${got}, expected ${expected}`, fix };
}
