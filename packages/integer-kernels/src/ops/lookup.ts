import { byteActivation } from '../checks/checkActivation.js';
import { type Check, type FieldChecks, checkFields, invalid, listOf, oneOf } from '../checks/checkFields.js';
import { checkOutputShape } from '../checks/checkOutput.js';
import { isTypedArray } from '../checks/isTypedArray.js';
import type { Issue } from '../errors.js';
import { storedMagnitude } from './activationMagnitude.js';
import { withBatchSize } from './withBatchSize.js';
import type { ActivationSpec } from '../activation.js';
import type { OpBase, OpDefinition } from './op.js';

/**
 * Any function of one byte, by its table: `table[stored & 255]` is the output's stored byte.
 *
 * The table has 256 entries, one for each bit pattern of an input value; entries of an int8 output are its bit patterns.
 */
export interface LookupOp extends OpBase<'lookup'> {
  readonly inputs: readonly [ActivationSpec];
  readonly table: Uint8Array;
}

const entries = 256;

const byteTable: Check = (value, path) =>
  isTypedArray(value, 'Uint8Array')
    ? []
    : [invalid(path, value, 'a Uint8Array', `write ${path}: Uint8Array.from({ length: 256 }, ...)`)];

const fields: FieldChecks = {
  op: oneOf('lookup'),
  inputs: listOf(byteActivation, 1, 1),
  output: byteActivation,
  table: byteTable,
};

/** What a function by its table answers for itself. */
export const lookup: OpDefinition<LookupOp> = {
  name: 'lookup',
  check(op) {
    const issues = checkFields(op, fields, '');
    if (issues.length > 0) return issues;
    return [...checkOutputShape(op.output, this.outputShape(op)), ...checkTable(op)];
  },
  outputShape: ({ inputs: [input] }) => [...input.shape],
  accumulatorBound: ({ inputs: [input] }) => ({ magnitude: storedMagnitude(input), channel: 0 }),
  macs: () => 0,
  describe: ({ inputs: [input], output }) => `lookup, ${input.type} -> ${output.type}`,
  withBatch: withBatchSize,
};

function checkTable({ table, output }: LookupOp): Issue[] {
  const { type, quantMin, quantMax } = output;
  if (table.length !== entries) {
    return [
      {
        code: 'WRONG_LENGTH',
        path: 'table',
        message: `got ${table.length} entries, expected ${entries}, one per bit pattern of a byte`,
        fix: 'table: Uint8Array.from({ length: 256 }, (_, pattern) => ...)',
      },
    ];
  }
  const values = type === 'int8' ? new Int8Array(table) : table;
  const index = values.findIndex((value) => value < quantMin || value > quantMax);
  if (index < 0) return [];
  return [
    {
      code: 'INVALID_VALUE',
      path: `table[${index}]`,
      message: `got ${values[index]}, expected a stored value of ${quantMin} .. ${quantMax}`,
      fix: 'clamp every entry to the range of the output, those of values that cannot occur as well',
    },
  ];
}
