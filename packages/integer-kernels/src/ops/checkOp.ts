import { closestName } from '../checks/closestName.js';
import { invalid, isRecord } from '../checks/checkFields.js';
import { showValue } from '../checks/showValue.js';
import type { Issue } from '../errors.js';
import type { Op } from './index.js';
import { definitionOf, opNames } from './opDefinitions.js';

/**
 * Every problem of an op of unknown origin; empty when it is valid.
 *
 * Never throws. A value without issues is an {@link Op} that every backend which lists its name can execute.
 */
export function checkOp(op: unknown): Issue[] {
  if (!isRecord(op)) return [invalid('op', op, 'an object', 'pass one of the op interfaces')];
  const name = opNames.find((known) => known === op['op']);
  if (name === undefined) return [unknownOp(op['op'])];
  const candidate = op as unknown as Op;
  return definitionOf(candidate).check(candidate);
}

function unknownOp(name: unknown): Issue {
  const nearest = typeof name === 'string' ? closestName(name, opNames) : undefined;
  return {
    code: 'UNKNOWN_OP',
    path: 'op',
    message: `got ${showValue(name)}, expected one of ${opNames.join(', ')}`,
    fix: nearest === undefined ? `write op: '${opNames[0]}'` : `did you mean '${nearest}'?`,
  };
}
