import type { DenseOp } from '../../ops/dense.js';
import type { ModuleBuilder } from '../emitter/index.js';
import { outputStage, type OutputCode } from '../outputStage.js';
import type { KernelPlan, OperandTensorLayouts } from '../wasmKernel.js';
import { baseForm, CHUNK_ROW_BYTES, relaxedForm, type DotForm } from './dotForm.js';
import { addDotRows, GROUP_ROWS, type DotRowsCode } from './dotRows.js';
import { gemvConstants, writeGemvParameters, writeInterleavedRows } from './gemvConstants.js';
import { fittingBits, gemvShape } from './gemvShape.js';
import { rowReader } from './rowReader.js';
import { addStage, stagedRowBytes, sumsByteLength, type StageCode } from './stageActivations.js';

/** What the emitted functions depend on. */
interface DotRowsPlanCode {
  readonly bits: number;
  readonly isRelaxed: boolean;
  readonly stage: StageCode;
  readonly rows: DotRowsCode;
  readonly output: OutputCode;
}

/** Plans a dense layer as dot products of its packed rows with the ordered activations, four rows at a time. */
export function planDotRows(op: DenseOp, layouts: OperandTensorLayouts, isRelaxed: boolean): KernelPlan {
  const bits = fittingBits(op.weights.bits, isRelaxed ? [2, 4, 8] : [4, 8]);
  const form = isRelaxed ? relaxedForm(bits) : baseForm(bits);
  const shape = gemvShape(op, layouts, bits, !isRelaxed || bits < 8);
  const { units, features, batch, stored, output } = shape;
  const usedChunks = Math.ceil((features * bits) / 8 / CHUNK_ROW_BYTES);
  const folds = Math.ceil(usedChunks / Math.min(usedChunks, form.chunksPerFold(shape)));
  const chunksPerFold = Math.ceil(usedChunks / folds);
  const chunks = folds * chunksPerFold;
  const rowBytes = chunks * CHUNK_ROW_BYTES;
  const groups = Math.ceil(units / GROUP_ROWS);
  const constants = gemvConstants(output, units, groups * GROUP_ROWS * rowBytes);
  const stage: StageCode = {
    batch,
    features,
    rowBytes: shape.inputRowBytes,
    offset: shape.offset,
    isSigned: shape.isSigned,
    inputVectors: 8 / bits,
    outputVectors: form.vectors,
    chunks,
    addend: stored.addend,
  };
  const code: DotRowsPlanCode = {
    bits,
    isRelaxed,
    stage,
    rows: {
      constants,
      units,
      batch,
      activationsOffset: sumsByteLength(stage),
      chunksPerFold,
      folds,
      factor: stored.factor,
      hasSums: stored.addend !== 0,
      outputElementBytes: shape.outputElementBytes,
      outputRowBytes: shape.outputRowBytes,
      recordBytes: output.code.isUniform ? 0 : output.code.recordBytes,
    },
    output: output.code,
  };
  return {
    kernel: `dense gemv w${bits} ${isRelaxed ? 'relaxed ' : ''}dot`,
    key: `dotRows ${JSON.stringify(code)}`,
    isRelaxed,
    constantBytes: constants.byteLength,
    scratchBytes: sumsByteLength(stage) + batch * stagedRowBytes(stage),
    phases: [
      { units: 1, unitCost: features * batch },
      { units: groups, unitCost: GROUP_ROWS * features * batch },
    ],
    emit: (module, exportNames) => {
      emitDotRows(module, code, form, exportNames);
    },
    writeConstants(view) {
      const reader = rowReader(op.weights, stored, usedChunks * CHUNK_ROW_BYTES);
      const starts = new Int32Array(units);
      const target = new Int32Array(
        view.buffer,
        view.byteOffset + constants.weightsOffset,
        groups * rowBytes,
      );
      writeInterleavedRows(target, units, chunks, reader, (row) => {
        starts[row] = shape.startOf(reader, row);
      });
      writeGemvParameters(view, constants, output, starts);
    },
  };
}

function emitDotRows(
  module: ModuleBuilder,
  { stage, rows, output }: DotRowsPlanCode,
  form: DotForm,
  [stageName, rowsName]: readonly string[],
): void {
  addStage(module, stage, form.arrange, stageName);
  addDotRows(module, rows, form, outputStage(module, output), rowsName);
}
