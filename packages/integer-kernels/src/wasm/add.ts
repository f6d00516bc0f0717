import { denseRequest } from '../memory/tensorLayout.js';
import type { AddOp } from '../ops/add.js';
import { sumPlan, emitSum } from './addSum.js';
import { requantizer } from './requantization/requantizer.js';
import { add as addAddress } from './emitter/index.js';
import { geometryOf } from './geometry.js';
import { emitMapRun } from './mapValues.js';
import { outputPlan, outputStage } from './outputStage.js';
import { recordByteLength, writeRecord } from './requantization/requantizationRecords.js';
import { runParameters } from './runParameters.js';
import { emitRuns, walkUnitCost, walkUnits, type ValueWalk } from './valueRuns.js';
import type { KernelPlan, OperandTensorLayouts, WasmKernel } from './wasmKernel.js';

/** Addition of two rescaled tensors on WebAssembly. */
export const add: WasmKernel<'add'> = [
  {
    name: 'lanes',
    request: () => ({ inputs: [denseRequest, denseRequest], output: denseRequest }),
    plan: planAdd,
  },
];

function planAdd(op: AddOp, layouts: OperandTensorLayouts): KernelPlan {
  const { inputs, output } = op;
  const { code: sum, fields, result } = sumPlan(op);
  const stored = outputPlan(result, output);
  // What the sum reads, then the record of the output.
  const resultOffset = recordByteLength(fields);
  const tensors = [
    ...inputs.map((input, index) => geometryOf(input, layouts.inputs[index])),
    geometryOf(output, layouts.output),
  ];
  const walk: ValueWalk = { tensors, isUniform: true };
  const specs = inputs.map(({ type, zeroPoint }) => ({ type, zeroPoint }));
  return {
    kernel: `add 16 lanes${sum.kind === 'dot' ? ', dot' : ''}`,
    key: `add ${JSON.stringify([walk, stored.code, sum, specs])}`,
    constantBytes: resultOffset + stored.code.recordBytes,
    phases: [{ units: walkUnits(walk), unitCost: walkUnitCost(walk) * 2 }],
    emit(module, [exportName]) {
      const stage = outputStage(module, stored.code);
      const rescale = sum.kind === 'dot' ? [] : sum.terms.map((code) => requantizer(module, code));
      const parameters = { a: 'i32', b: 'i32', ...runParameters } as const;
      module.function({ parameters, exportName }, (f, from) => {
        const records = f.local('i32', 'records');
        f.set(records, addAddress(from.constants, resultOffset));
        emitRuns(f, walk, [from.a, from.b, from.output], from, (pointers, length) => {
          const runs = specs.map((spec, index) => ({
            spec,
            start: pointers[index],
            elementBytes: tensors[index].elementBytes,
          }));
          const to = {
            start: pointers[2],
            elementBytes: tensors[2].elementBytes,
            stage,
            records,
            recordGroupBytes: 0,
          };
          emitMapRun(f, runs, to, length, (lanes, part, count) =>
            emitSum(f, sum, rescale, lanes, `term${part}`, count, from.constants),
          );
        });
      });
    },
    writeConstants(view) {
      writeRecord(view, 0, fields, []);
      writeRecord(view, resultOffset, stored.fields, []);
    },
  };
}
