import type { OpName } from '@bnfree/integer-kernels';
import { type OpCase, drawOpCase } from './cases/drawOpCase.js';
import type { Size } from './cases/drawSize.js';
import { seededDraw } from './seededDraw.js';

/** Which case to draw. */
export interface ConformanceCaseOptions {
  readonly seed: number;
  readonly size: Size;
}

/** A random valid op with inputs, edges often; the same for the same name, seed and size. */
export function conformanceCase(name: OpName, { seed, size }: ConformanceCaseOptions): OpCase {
  return drawOpCase(seededDraw(seed), name, size);
}
