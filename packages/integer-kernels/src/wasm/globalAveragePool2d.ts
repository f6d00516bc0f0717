import { denseRequest } from '../memory/tensorLayout.js';
import { emitChannelGroups, recordGroupBytes, recordsByteLength, writeRecords } from './channelGroups.js';
import { GROUP_CHANNELS, groupLocals, loadGroup } from './elements.js';
import {
  add,
  i32x4,
  type ModuleBuilder,
  multiply,
  op,
  type FunctionBuilder,
  type Local,
} from './emitter/index.js';
import { geometryOf, pixelAddress, pixelCount, type Geometry } from './geometry.js';
import { outputStage, planOutput, type OutputCode, type OutputStage } from './outputStage.js';
import { runParameters } from './runParameters.js';
import type { WasmKernel } from './wasmKernel.js';

/** What the emitted module depends on. */
interface GlobalAveragePoolCode {
  readonly input: Geometry;
  readonly output: Geometry;
  readonly type: 'int8' | 'uint8';
  readonly zeroPoint: number;
  readonly stored: OutputCode;
  readonly recordGroupBytes: number;
}

/** Mean over height and width on WebAssembly: eight channels at once. */
export const globalAveragePool2d: WasmKernel<'globalAveragePool2d'> = [
  {
    name: 'lanes',
    request: () => ({ inputs: [denseRequest], output: denseRequest }),
    plan({ inputs: [spec], output: outputSpec, requantization }, layouts) {
      const stored = planOutput(requantization, outputSpec);
      const input = geometryOf(spec, layouts.inputs[0]);
      const output = geometryOf(outputSpec, layouts.output);
      const code: GlobalAveragePoolCode = {
        input,
        output,
        type: spec.type === 'uint8' ? 'uint8' : 'int8',
        zeroPoint: spec.zeroPoint,
        stored: stored.code,
        recordGroupBytes: recordGroupBytes(stored),
      };
      return {
        kernel: 'globalAveragePool2d 8 lanes',
        key: `globalAveragePool2d ${JSON.stringify(code)}`,
        constantBytes: recordsByteLength(stored, input.channels),
        phases: [{ units: pixelCount(output), unitCost: input.height * input.width * input.channels }],
        emit: (module, exportNames) => {
          emitGlobalAveragePool(module, code, exportNames);
        },
        writeConstants(view) {
          writeRecords(view, 0, stored, input.channels);
        },
      };
    },
  },
];

function emitGlobalAveragePool(
  module: ModuleBuilder,
  code: GlobalAveragePoolCode,
  [exportName]: readonly string[],
): void {
  const { input, output } = code;
  const stage = outputStage(module, code.stored);
  module.function({ parameters: { input: 'i32', ...runParameters }, exportName }, (f, from) => {
    const image = f.local('i32', 'image');
    const source = f.local('i32', 'source');
    const target = f.local('i32', 'target');
    const record = f.local('i32', 'record');
    const imageBytes = input.imageRows * input.rowPixels * input.pixelBytes;
    f.range(image, from.begin, from.end, 1, () => {
      const start = add(from.input, input.originPixels * input.pixelBytes);
      f.set(source, add(start, multiply(image, imageBytes)));
      f.set(target, pixelAddress(from.output, output, image));
      f.set(record, from.constants);
      const moving = [
        { local: source, groupBytes: GROUP_CHANNELS },
        { local: target, groupBytes: GROUP_CHANNELS * output.elementBytes },
        { local: record, groupBytes: code.recordGroupBytes },
      ];
      emitChannelGroups(f, input.channels, moving, (count) => {
        emitGroup(f, code, stage, { source, target, record }, count);
      });
    });
  });
}

/** Sum of `input - zeroPoint` of up to eight channels over the image, finished and stored. */
function emitGroup(
  f: FunctionBuilder,
  { input, type, zeroPoint }: GlobalAveragePoolCode,
  stage: OutputStage,
  pointers: { readonly source: Local<'i32'>; readonly target: Local<'i32'>; readonly record: Local<'i32'> },
  count: number,
): void {
  const sum = groupLocals(f, 'sum');
  const value = groupLocals(f, 'value');
  const address = f.local('i32', 'address');
  const halves = count > 4 ? (['low', 'high'] as const) : (['low'] as const);
  // All zero points at once; modulo 2^32 like the sum itself.
  const start = Math.imul(-zeroPoint, Math.imul(input.height, input.width));
  for (const half of halves) f.set(sum[half], i32x4(start));
  f.set(address, pointers.source);
  f.repeat(f.local('i32', 'rowsLeft'), input.height, () => {
    f.repeat(f.local('i32', 'columnsLeft'), input.width, () => {
      loadGroup(f, type, address, value, count);
      for (const half of halves) f.set(sum[half], op('i32x4.add', sum[half], value[half]));
      f.increase(address, input.pixelBytes);
    });
    f.increase(address, (input.rowPixels - input.width) * input.pixelBytes);
  });
  stage.finishGroup(f, sum, count, pointers.record, pointers.target);
}
