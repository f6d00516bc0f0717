import type { Requantization, Rescale, Rounding } from '@bnfree/integer-kernels';
import { object, variant } from './composites.js';
import type { Reader } from './reader.js';
import { integer, word } from './scalars.js';
import { int32Tensor } from './tensorReferences.js';

type Kind<Name extends Requantization['kind']> = Extract<Requantization, { kind: Name }>;

export const rounding: Reader<Rounding> = word('halfUp', 'gemmlowp', 'halfToEven');

export const rescale = object<Rescale>({ multiplier: integer(0), shift: integer(0, 62) });

const kinds = {
  none: object<Kind<'none'>>({ kind: word('none') }),
  multiplier: object<Kind<'multiplier'>>({
    kind: word('multiplier'),
    rounding,
    multipliers: int32Tensor,
    shifts: int32Tensor,
  }),
  shift: object<Kind<'shift'>>({ kind: word('shift'), rounding, shifts: int32Tensor }),
  divide: object<Kind<'divide'>>({ kind: word('divide'), rounding, divisors: int32Tensor }),
  threshold: object<Kind<'threshold'>>({
    kind: word('threshold'),
    count: integer(1, 15),
    thresholds: int32Tensor,
  }),
} satisfies { [Name in Requantization['kind']]: Reader<Kind<Name>> };

export const requantization: Reader<Requantization> = variant('kind', 'INVALID_VALUE', kinds);
