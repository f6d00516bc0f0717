import { recordGroupBytes, recordsByteLength, writeRecords } from './channelGroups.js';
import { groupLocals, loadGroup } from './elements.js';
import {
  addElementwiseRun,
  elementwiseRowCost,
  elementwiseRows,
  type ElementwiseShape,
} from './elementwise.js';
import { geometryOf } from './geometry.js';
import { outputStage, planOutput } from './outputStage.js';
import { subtractConstant } from './subtractConstant.js';
import { denseRequest } from '../memory/tensorLayout.js';
import { differenceMagnitude } from '../ops/activationMagnitude.js';
import type { WasmKernel } from './wasmKernel.js';

/** Change of scale on WebAssembly. */
export const requantize: WasmKernel<'requantize'> = [
  {
    name: 'lanes',
    request: () => ({ inputs: [denseRequest], output: denseRequest }),
    plan({ inputs: [input], output, requantization }, layouts) {
      const bounds = new Array<number>(output.shape[output.shape.length - 1]).fill(
        differenceMagnitude(input),
      );
      const stored = planOutput(requantization, output, bounds);
      const shape: ElementwiseShape = {
        inputs: [geometryOf(input, layouts.inputs[0])],
        output: geometryOf(output, layouts.output),
        recordGroupBytes: recordGroupBytes(stored),
      };
      const channels = shape.output.channels;
      const { type, zeroPoint } = input;
      return {
        kernel: 'requantize 8 lanes',
        key: `requantize ${JSON.stringify([shape, stored.code, type, zeroPoint])}`,
        constantBytes: recordsByteLength(stored, channels),
        phases: [{ units: elementwiseRows(shape), unitCost: elementwiseRowCost(shape) }],
        emit(module, [exportName]) {
          const stage = outputStage(module, stored.code);
          addElementwiseRun(module, exportName, shape, (f, pointers, count) => {
            const group = groupLocals(f, 'value');
            loadGroup(f, type, pointers.inputs[0], group, count);
            subtractConstant(f, group, zeroPoint, count);
            stage.finishGroup(f, group, count, pointers.record, pointers.output);
          });
        },
        writeConstants(view) {
          writeRecords(view, 0, stored, channels);
        },
      };
    },
  },
];
