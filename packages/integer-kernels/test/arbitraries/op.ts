import type fc from 'fast-check';
import type { Size } from '../../src/conformance/cases/drawSize.js';
import { type OpCase, drawOpCase } from '../../src/conformance/cases/drawOpCase.js';
import type { OpName } from '../../src/index.js';
import { drawn } from './draw.js';

export type { OpCase };

/** Valid ops of one name, with inputs. */
export function opCase(name: OpName, size: Size): fc.Arbitrary<OpCase> {
  return drawn((draw) => drawOpCase(draw, name, size));
}
