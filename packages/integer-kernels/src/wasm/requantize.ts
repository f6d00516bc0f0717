import { denseRequest } from '../memory/tensorLayout.js';
import { recordGroupBytes, recordsByteLength, writeRecords } from './channelGroups.js';
import { geometryOf } from './geometry.js';
import { emitMapRun, recordStarts } from './mapValues.js';
import { outputStage, planValueOutput } from './outputStage.js';
import { runParameters } from './runParameters.js';
import { emitRuns, walkUnitCost, walkUnits, type ValueWalk } from './valueRuns.js';
import type { WasmKernel } from './wasmKernel.js';

/** Change of scale on WebAssembly. */
export const requantize: WasmKernel<'requantize'> = [
  {
    name: 'lanes',
    request: () => ({ inputs: [denseRequest], output: denseRequest }),
    plan({ inputs: [spec], output: outputSpec, requantization }, layouts) {
      const { type, zeroPoint } = spec;
      const stored = planValueOutput(requantization, spec, outputSpec);
      const input = geometryOf(spec, layouts.inputs[0]);
      const output = geometryOf(outputSpec, layouts.output);
      const walk: ValueWalk = { tensors: [input, output], isUniform: stored.code.isUniform };
      const { channels } = output;
      return {
        kernel: 'requantize 16 lanes',
        key: `requantize ${JSON.stringify([walk, stored.code, type, zeroPoint])}`,
        constantBytes: recordsByteLength(stored, channels),
        phases: [{ units: walkUnits(walk), unitCost: walkUnitCost(walk) }],
        emit(module, [exportName]) {
          const stage = outputStage(module, stored.code);
          module.function({ parameters: { input: 'i32', ...runParameters }, exportName }, (f, from) => {
            emitRuns(f, walk, [from.input, from.output], from, ([source, target], length) => {
              const inputs = [{ spec: { type, zeroPoint }, start: source, elementBytes: input.elementBytes }];
              const to = {
                start: target,
                elementBytes: output.elementBytes,
                stage,
                records: from.constants,
                recordGroupBytes: recordGroupBytes(stored),
              };
              emitMapRun(f, inputs, to, length, ([lanes]) => lanes);
            });
          });
        },
        writeConstants(view) {
          writeRecords(view, 0, stored, channels, recordStarts(channels));
        },
      };
    },
  },
];
