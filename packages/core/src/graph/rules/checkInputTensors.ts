import { elementRange, type Issue } from '@bnfree/integer-kernels';
import type { Rule } from './rule.js';

const maximalBytes = 2147483647;

/** Graph inputs have a shape that fits in memory and a range of values that their type can hold. */
export const checkInputTensors: Rule = (graph) =>
  graph.inputs.flatMap(({ tensor }, index) => {
    const path = `inputs[${index}].tensor`;
    const { min, max, bytes } = elementRange[tensor.type];
    const issues: Issue[] = [];
    let byteLength: number = bytes;
    for (const length of tensor.shape) byteLength = Math.min(byteLength * length, maximalBytes + 1);
    if (tensor.shape.length === 0 || byteLength < 1 || byteLength > maximalBytes) {
      issues.push({
        code: 'INVALID_VALUE',
        path: `${path}.shape`,
        message: `got [${tensor.shape.join(', ')}], expected lengths of at least 1 and at most 2^31 - 1 bytes`,
        fix: 'write the shape as [1, height, width, channels] or [1, features]',
      });
    }
    const { quantMin, zeroPoint, quantMax } = tensor;
    const isOrdered = min <= quantMin && quantMin <= quantMax && quantMax <= max;
    if (!isOrdered || zeroPoint < min || zeroPoint > max) {
      issues.push({
        code: 'INVALID_VALUE',
        path,
        message: `got values ${quantMin} .. ${quantMax} with zero point ${zeroPoint}, expected them within ${tensor.type}`,
        fix: `use quantMin ${min}, quantMax ${max} and a zero point between`,
      });
    }
    return issues;
  });
