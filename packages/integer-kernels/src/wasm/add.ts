import type { AddOp } from '../ops/add.js';
import { groupLocals, loadGroup, type Group } from './elements.js';
import {
  addElementwiseRun,
  elementwiseRowCost,
  elementwiseRows,
  type ElementwiseShape,
} from './elementwise.js';
import { add as addAddress, i32, op, type FunctionBuilder, type Value } from './emitter/index.js';
import { geometryOf } from './geometry.js';
import { outputPlan, outputStage } from './outputStage.js';
import { planRescales } from './requantization/planRequantization.js';
import type { RequantizationPlan } from './requantization/requantizationCode.js';
import { recordByteLength, writeRecord } from './requantization/requantizationRecords.js';
import { requantizer, type Requantizer } from './requantization/requantizer.js';
import { subtractConstant } from './subtractConstant.js';
import { denseRequest } from '../memory/tensorLayout.js';
import type { WasmKernel } from './wasmKernel.js';

/** Addition of two rescaled tensors on WebAssembly. */
export const add: WasmKernel<'add'> = [
  {
    name: 'lanes',
    request: () => ({ inputs: [denseRequest, denseRequest], output: denseRequest }),
    plan(addition, layouts) {
      const { inputs, output, leftShift, rescales, outputRescale, rounding } = addition;
      const operands = rescales.map((rescale) => planRescales([rescale], rounding));
      const result = outputPlan(planRescales([outputRescale], rounding), output);
      // One record after another: both operands, then the output.
      const plans = [...operands, result];
      const offsets = [0];
      for (const { fields } of plans) offsets.push(offsets[offsets.length - 1] + recordByteLength(fields));
      const shape: ElementwiseShape = {
        inputs: inputs.map((input, index) => geometryOf(input, layouts.inputs[index])),
        output: geometryOf(output, layouts.output),
        recordGroupBytes: 0,
      };
      const operandCodes = operands.map(({ code }) => code);
      const specs = inputs.map(({ type, zeroPoint }) => [type, zeroPoint]);
      return {
        kernel: 'add 8 lanes',
        key: `add ${JSON.stringify([shape, result.code, operandCodes, specs, leftShift])}`,
        constantBytes: offsets[plans.length],
        phases: [{ units: elementwiseRows(shape), unitCost: elementwiseRowCost(shape) * 4 }],
        emit(module, [exportName]) {
          const stage = outputStage(module, result.code);
          const rescale = operands.map(({ code }: RequantizationPlan) => requantizer(module, code));
          addElementwiseRun(module, exportName, shape, (f, pointers, count) => {
            const terms = [groupLocals(f, 'a'), groupLocals(f, 'b')];
            terms.forEach((group, index) => {
              loadGroup(f, inputs[index].type, pointers.inputs[index], group, count);
              const record = addAddress(pointers.record, offsets[index]);
              emitTerm(f, addition, index, rescale[index], group, count, record);
            });
            const [sum, other] = terms;
            f.set(sum.low, op('i32x4.add', sum.low, other.low));
            if (count > 4) f.set(sum.high, op('i32x4.add', sum.high, other.high));
            stage.finishGroup(f, sum, count, addAddress(pointers.record, offsets[2]), pointers.output);
          });
        },
        writeConstants(view) {
          plans.forEach(({ fields }, index) => {
            writeRecord(view, offsets[index], fields, []);
          });
        },
      };
    },
  },
];

/** Brings one operand to the common scale. */
function emitTerm(
  f: FunctionBuilder,
  { inputs, leftShift }: AddOp,
  index: number,
  rescale: Requantizer,
  group: Group,
  count: number,
  record: Value<'i32'>,
): void {
  subtractConstant(f, group, inputs[index].zeroPoint, count);
  const vectors = count > 4 ? [group.low, group.high] : [group.low];
  for (const vector of vectors) {
    if (leftShift > 0) f.set(vector, op('i32x4.shl', vector, i32(leftShift)));
    rescale(f, vector, record, 0);
  }
}
