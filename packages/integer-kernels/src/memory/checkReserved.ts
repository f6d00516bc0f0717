import type { OperandLayouts, OperandViews } from '../backend.js';
import { isIntegerIn } from '../checks/checkFields.js';
import type { Issue } from '../errors.js';

/** Checks that constants and scratch lie inside the arena, at multiples of 16. */
export function checkReserved(
  { constantBytes, scratchBytes }: Pick<OperandLayouts, 'constantBytes' | 'scratchBytes'>,
  { arena, constantsOffset, scratchOffset }: OperandViews,
): Issue[] {
  const regions = [
    { path: 'constantsOffset', offset: constantsOffset, byteLength: constantBytes },
    { path: 'scratchOffset', offset: scratchOffset, byteLength: scratchBytes },
  ];
  return regions
    .filter(
      ({ offset, byteLength }) => !isIntegerIn(offset, 0, arena.byteLength - byteLength) || offset % 16 !== 0,
    )
    .map(({ path, offset, byteLength }) => ({
      code: 'VIEW_OUT_OF_BOUNDS',
      path,
      message: `got ${offset}, expected a multiple of 16 with ${byteLength} bytes behind it in ${arena.byteLength}`,
      fix: 'reserve constantBytes and scratchBytes of layout(op), aligned to 16 bytes',
    }));
}
