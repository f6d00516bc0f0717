import {
  add,
  i32,
  multiply,
  op,
  quotient,
  select,
  subtract,
  type FunctionBuilder,
  type FunctionReference,
  type Local,
  type Value,
} from '../emitter/index.js';
import type { BlockShape } from './blockShape.js';

/** Addresses and functions of a matrix product. */
export interface UnitOperands {
  readonly input: Value<'i32'>;
  readonly output: Value<'i32'>;
  readonly scratch: Value<'i32'>;
  readonly parameters: Value<'i32'>;
  readonly panels: Value<'i32'>;
  readonly prepareBlock: FunctionReference<undefined>;
  readonly multiply: FunctionReference<undefined>;
}

/**
 * Does the units `begin .. end - 1`: a unit is one panel of one block, panels first.
 *
 * So threads can share the blocks, or the panels of a single block.
 */
export function emitUnits(
  f: FunctionBuilder,
  { tiles: { total, size } }: BlockShape,
  panelCount: number,
  begin: Local<'i32'>,
  end: Local<'i32'>,
  operands: UnitOperands,
): void {
  const [block, first, count, panel, endPanel] = ['block', 'first', 'count', 'panel', 'endPanel'].map(
    (name) => f.local('i32', name),
  );
  const limit = (value: Local<'i32'>, most: number): void => {
    f.set(value, select(op('i32.gt_s', value, i32(most)), most, value));
  };
  f.block((done) => {
    f.loop((again) => {
      f.branchIf(done, op('i32.ge_s', begin, end));
      f.set(block, quotient(begin, panelCount));
      f.set(panel, subtract(begin, multiply(block, panelCount)));
      f.set(endPanel, add(panel, subtract(end, begin)));
      limit(endPanel, panelCount);
      f.set(begin, add(begin, subtract(endPanel, panel)));
      f.set(first, multiply(block, size));
      f.set(count, subtract(total, first));
      limit(count, size);
      const { input, output, scratch, parameters, panels } = operands;
      f.call(operands.prepareBlock, input, output, scratch, first, count);
      f.call(operands.multiply, scratch, count, parameters, panels, panel, endPanel);
      f.branch(again);
    });
  });
}
