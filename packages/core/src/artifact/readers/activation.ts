import type { ActivationSpec } from '@bnfree/integer-kernels';
import { list, object } from './composites.js';
import { integer, word } from './scalars.js';

export const activation = object<ActivationSpec>({
  shape: list(integer(0)),
  type: word('int8', 'uint8', 'int32'),
  zeroPoint: integer(),
  quantMin: integer(),
  quantMax: integer(),
});
