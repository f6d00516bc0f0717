import { type ActivationSpec, type ElementType, elementRange } from '../activation.js';
import type { Issue } from '../errors.js';
import { type Check, checkFields, integer, isRecord, oneOf } from './checkFields.js';
import { checkShape } from './checkShape.js';

const elementTypes = Object.keys(elementRange) as ElementType[];

/** Checks an activation of any storage type and rank. */
export const activation: Check = activationOf(elementTypes);

/** Checks an activation that kernels multiply or average: one byte a value. */
export const byteActivation: Check = activationOf(['int8', 'uint8']);

function activationOf(types: readonly ElementType[]): Check {
  return (value, path) => {
    const type = isRecord(value) ? elementTypes.find((name) => name === value['type']) : undefined;
    const { min, max, bytes } = elementRange[type ?? 'int32'];
    const quantity = integer(min, max);
    const issues = checkFields(
      value,
      {
        shape: (shape, shapePath) => checkShape(shape, shapePath, bytes),
        type: oneOf(...types),
        zeroPoint: type === 'int32' ? integer(0, 0) : quantity,
        quantMin: quantity,
        quantMax: quantity,
      },
      path,
    );
    return issues.length > 0 ? issues : checkOrder(value as ActivationSpec, path);
  };
}

function checkOrder({ quantMin, quantMax }: ActivationSpec, path: string): Issue[] {
  if (quantMin <= quantMax) return [];
  return [
    {
      code: 'INVALID_VALUE',
      path: `${path}.quantMin`,
      message: `got quantMin ${quantMin} above quantMax ${quantMax}, expected an interval that is not empty`,
      fix: 'swap quantMin and quantMax',
    },
  ];
}
