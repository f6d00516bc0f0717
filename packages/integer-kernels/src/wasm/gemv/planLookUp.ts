import type { DenseOp } from '../../ops/dense.js';
import { outputStage } from '../outputStage.js';
import type { KernelPlan, KernelTarget, OperandTensorLayouts } from '../wasmKernel.js';
import { addTables, tablesRowBytes, type TablePlaces } from './buildTables.js';
import { gemvConstants, writeGemvParameters } from './gemvConstants.js';
import { gemvShape } from './gemvShape.js';
import { addLookUp, TOTALS_BYTES, type LookUpCode } from './lookUpRows.js';
import { rowReader, type RowReader } from './rowReader.js';
import { addStage, stagedRowBytes, sumsByteLength, type StageCode } from './stageActivations.js';
import { BLOCK_ROWS, byteFeatures, tableRowBytes, tableShape, UNIT_ROWS } from './tableShape.js';

/** What the emitted functions depend on. */
interface LookUpPlanCode {
  readonly stage: StageCode;
  readonly rows: LookUpCode;
}

/** Plans a dense layer of one- or two-bit weights as look-ups in tables of sums of activations, 16 rows a vector. */
export function planLookUp(
  op: DenseOp,
  layouts: OperandTensorLayouts,
  { relaxedSimd }: KernelTarget,
): KernelPlan {
  const bits = op.weights.bits === 1 ? 1 : 2;
  const shape = gemvShape(op, layouts, bits, false);
  const { units, features, batch, stored, output } = shape;
  const table = tableShape(bits, shape.magnitude, features);
  const rowBytes = tableRowBytes(table);
  const constants = gemvConstants(output, units, Math.ceil(units / BLOCK_ROWS) * BLOCK_ROWS * rowBytes);
  const stage: StageCode = {
    batch,
    features,
    rowBytes: shape.inputRowBytes,
    offset: shape.offset,
    isSigned: false,
    inputVectors: 1,
    outputVectors: 1,
    chunks: Math.ceil((rowBytes * byteFeatures(table)) / 16),
    addend: stored.addend,
  };
  const activationsOffset = sumsByteLength(stage);
  const places: TablePlaces = {
    batch,
    activationsOffset,
    activationRowBytes: stagedRowBytes(stage),
    tablesOffset: activationsOffset + batch * stagedRowBytes(stage),
  };
  const code: LookUpPlanCode = {
    stage,
    rows: {
      table,
      places,
      constants,
      units,
      factor: stored.factor,
      hasSums: stored.addend !== 0,
      outputElementBytes: shape.outputElementBytes,
      outputRowBytes: shape.outputRowBytes,
      output: output.code,
      isRelaxed: relaxedSimd,
    },
  };
  return {
    kernel: `dense gemv w${bits} ${relaxedSimd ? 'relaxed ' : ''}tables`,
    key: `lookUp ${JSON.stringify(code)}`,
    isRelaxed: relaxedSimd,
    constantBytes: constants.byteLength,
    scratchBytes: places.tablesOffset + batch * tablesRowBytes(table),
    threadScratchBytes: TOTALS_BYTES,
    phases: [
      { units: 1, unitCost: features * batch },
      // Table entries cost far more than products, but are few.
      { units: rowBytes, unitCost: 4 * byteFeatures(table) * batch },
      { units: Math.ceil(units / UNIT_ROWS), unitCost: UNIT_ROWS * features * batch },
    ],
    emit(module, [stageName, tablesName, rowsName]) {
      addStage(module, code.stage, (natural) => natural, stageName);
      addTables(module, table, places, tablesName);
      addLookUp(module, code.rows, outputStage(module, code.rows.output), rowsName);
    },
    writeConstants(view) {
      const reader = rowReader(op.weights, stored, Math.ceil(rowBytes / 4) * 4);
      const starts = new Int32Array(units);
      const target = new Uint8Array(view.buffer, view.byteOffset + constants.weightsOffset);
      writeTransposedRows(target, units, rowBytes, reader, (row) => {
        starts[row] = shape.startOf(reader, row);
      });
      writeGemvParameters(view, constants, output, starts);
    },
  };
}

/**
 * Writes rows as `[units][bytes][blocks][16]`, a byte of each row beside the same byte of the others.
 *
 * The first eight rows of a block stand in the even lanes, the others in the odd ones. Lanes without a row are unspecified.
 */
function writeTransposedRows(
  target: Uint8Array,
  rows: number,
  rowBytes: number,
  reader: RowReader,
  onRow: (row: number) => void,
): void {
  const bytes = new Uint8Array(reader.words.buffer);
  for (let row = 0; row < rows; row += 1) {
    reader.read(row);
    onRow(row);
    const rowOfUnit = row % UNIT_ROWS;
    const unitStart = row - rowOfUnit;
    const unitRows = Math.min(Math.ceil((rows - unitStart) / BLOCK_ROWS) * BLOCK_ROWS, UNIT_ROWS);
    const lane = (rowOfUnit & 7) * 2 + ((rowOfUnit >> 3) & 1);
    let to = unitStart * rowBytes + (rowOfUnit & ~15) + lane;
    for (let from = 0; from < rowBytes; from += 1, to += unitRows) target[to] = bytes[from];
  }
}
