import { emitChannelGroups, recordGroupBytes } from '../channelGroups.js';
import { GROUP_CHANNELS, loadLanes } from '../elements.js';
import {
  add,
  i32,
  i32x4,
  isLess,
  load,
  multiply,
  op,
  select,
  type FunctionBuilder,
  type Local,
  type ModuleBuilder,
  type Value,
} from '../emitter/index.js';
import type { OutputCode, OutputStage } from '../outputStage.js';
import { runParameters } from '../runParameters.js';
import type { TablePlaces } from './buildTables.js';
import type { GemvConstants } from './gemvConstants.js';
import { emitEntrySums, type EntrySumsCode, type LookUpPointers } from './emitEntrySums.js';
import { BLOCK_ROWS, tableRowBytes, UNIT_ROWS } from './tableShape.js';

/** What the code that looks rows up depends on. */
export interface LookUpCode extends EntrySumsCode {
  readonly places: TablePlaces;
  readonly constants: GemvConstants;
  readonly units: number;
  readonly hasSums: boolean;
  readonly outputElementBytes: number;
  readonly outputRowBytes: number;
  readonly output: OutputCode;
}

/** Bytes of the totals of one unit, which each thread keeps for itself. */
export const TOTALS_BYTES = UNIT_ROWS * 4;

interface Pointers extends LookUpPointers {
  readonly target: Local<'i32'>;
}

/** Adds the phase whose units are 64 output channels, or those that are left: one in each lane of up to four vectors. */
export function addLookUp(
  module: ModuleBuilder,
  code: LookUpCode,
  stage: OutputStage,
  exportName: string,
): void {
  const { table, places, constants, units } = code;
  const fullUnits = Math.floor(units / UNIT_ROWS);
  module.function({ parameters: { input: 'i32', ...runParameters }, exportName }, (f, from) => {
    const unit = f.local('i32', 'unit');
    const sums = f.local('i32', 'sums');
    const pointers: Pointers = {
      weights: f.local('i32', 'weights'),
      tables: f.local('i32', 'tables'),
      totals: from.threadScratch,
      target: f.local('i32', 'target'),
    };
    f.set(f.local('v128', 'indexMask'), i32x4(0x0f0f0f0f));
    const emitUnit = (rows: number): void => {
      const ofUnit = (offset: number, rowBytes: number): Value<'i32'> =>
        add(add(from.constants, offset), multiply(unit, UNIT_ROWS * rowBytes));
      f.set(sums, from.scratch);
      f.set(pointers.tables, add(from.scratch, places.tablesOffset));
      f.set(pointers.target, add(from.output, multiply(unit, UNIT_ROWS * code.outputElementBytes)));
      f.repeat(f.local('i32', 'rowsLeft'), places.batch, () => {
        f.set(pointers.weights, ofUnit(constants.weightsOffset, tableRowBytes(table)));
        emitStart(f, code, rows, ofUnit(0, 4), sums, pointers.totals);
        emitEntrySums(f, code, Math.ceil(rows / BLOCK_ROWS), pointers);
        f.set(
          f.local('i32', 'record'),
          ofUnit(constants.recordsOffset, recordGroupBytes({ code: code.output }) / GROUP_CHANNELS),
        );
        emitFinish(f, code, stage, rows, pointers);
        f.increase(pointers.target, code.outputRowBytes);
        f.increase(sums, 4);
      });
    };
    f.set(unit, from.begin);
    if (fullUnits > 0) {
      f.range(unit, unit, select(isLess(from.end, i32(fullUnits)), from.end, fullUnits), 1, () => {
        emitUnit(UNIT_ROWS);
      });
    }
    const rest = units % UNIT_ROWS;
    if (rest > 0) {
      f.if(isLess(unit, from.end), () => {
        emitUnit(rest);
      });
    }
  });
}

/** Bias and what activations alone add. */
function emitStart(
  f: FunctionBuilder,
  { hasSums }: LookUpCode,
  rows: number,
  start: Value<'i32'>,
  sums: Local<'i32'>,
  totals: Local<'i32'>,
): void {
  const from = f.local('i32', 'start');
  f.set(from, start);
  for (let offset = 0; offset < rows * 4; offset += 16) {
    const value = load('v128.load', from, offset);
    const both = hasSums ? op('i32x4.add', value, load('v128.load32_splat', sums)) : value;
    f.store('v128.store', totals, both, offset);
  }
}

function emitFinish(
  f: FunctionBuilder,
  code: LookUpCode,
  stage: OutputStage,
  rows: number,
  { totals, target }: Pointers,
): void {
  const total = f.local('i32', 'total');
  const output = f.local('i32', 'channel');
  const record = f.local('i32', 'record');
  f.set(total, totals);
  f.set(output, target);
  const moving = [
    { local: total, groupBytes: GROUP_CHANNELS * 4 },
    { local: output, groupBytes: GROUP_CHANNELS * code.outputElementBytes },
    { local: record, groupBytes: recordGroupBytes({ code: code.output }) },
  ];
  emitChannelGroups(f, rows, moving, (count) => {
    const lanes = loadLanes(f, { type: 'int32', zeroPoint: 0 }, total, 0, 'total', count);
    stage.finish(f, [{ lanes, address: output, offset: 0 }], count, record);
  });
}
