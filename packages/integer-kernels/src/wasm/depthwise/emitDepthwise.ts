import { GROUP_CHANNELS } from '../elements.js';
import {
  add,
  i32,
  multiply,
  quotient,
  subtract,
  type FunctionBuilder,
  type Local,
  type ModuleBuilder,
} from '../emitter/index.js';
import { emitSteps } from '../emitSteps.js';
import { rowAddress, rowBytes } from '../geometry.js';
import { outputStage } from '../outputStage.js';
import { runParameters } from '../runParameters.js';
import type { DepthwiseCode } from './depthwiseCode.js';
import { emitStep, type StepPointers } from './emitStep.js';
import { emitPaddedStrip } from './paddedStrip.js';

/** Adds the exported function, whose units are rows of output. */
export function emitDepthwise(
  module: ModuleBuilder,
  code: DepthwiseCode,
  [exportName]: readonly string[],
): void {
  const stage = outputStage(module, code.stored);
  const { output, taps, strides, pixels, panel } = code;
  const count = Math.min(output.channels, GROUP_CHANNELS);
  module.function({ parameters: { input: 'i32', ...runParameters }, exportName }, (f, from) => {
    const row = f.local('i32', 'row');
    const x = f.local('i32', 'x');
    const channel = f.local('i32', 'channel');
    const sourceRow = f.local('i32', 'sourceRow');
    const targetRow = f.local('i32', 'targetRow');
    const pointers: StepPointers = {
      source: f.local('i32', 'source'),
      target: f.local('i32', 'target'),
      panel: f.local('i32', 'panel'),
    };
    f.range(row, from.begin, from.end, 1, () => {
      setSourceRow(f, code, from, row, sourceRow);
      f.set(targetRow, rowAddress(from.output, output, row));
      emitSteps(f, x, output.width, pixels, () => {
        f.set(pointers.panel, from.constants);
        emitSteps(f, channel, output.channels, count, () => {
          const source = add(multiply(x, strides[1] * taps.pixelBytes), channel);
          const target = add(multiply(x, output.pixelBytes), multiply(channel, output.elementBytes));
          f.set(pointers.source, add(sourceRow, source));
          f.set(pointers.target, add(targetRow, target));
          emitStep(f, code, stage, pointers, count);
          f.increase(pointers.panel, panel.byteLength);
        });
      });
    });
  });
}

/** Sets the address of the first tap of a row of output: in the input, or in the strip that it fills. */
function setSourceRow(
  f: FunctionBuilder,
  { input, output, strip, strides, top, left }: DepthwiseCode,
  { input: base, threadScratch }: { readonly input: Local<'i32'>; readonly threadScratch: Local<'i32'> },
  row: Local<'i32'>,
  sourceRow: Local<'i32'>,
): void {
  if (strip === null) {
    const walk = { perImage: output.height, step: strides[0] };
    const before = (top * input.rowPixels + left) * input.pixelBytes;
    f.set(sourceRow, rowAddress(base, input, row, walk, -before));
    return;
  }
  const y = f.local('i32', 'y');
  const image = f.local('i32', 'image');
  f.set(image, output.batch === 1 ? i32(0) : quotient(row, output.height));
  f.set(y, subtract(multiply(subtract(row, multiply(image, output.height)), strides[0]), top));
  const start = add(base, input.originPixels * input.pixelBytes);
  f.set(image, add(start, multiply(image, input.imageRows * rowBytes(input))));
  emitPaddedStrip(f, strip, image, y, threadScratch);
  f.set(sourceRow, threadScratch);
}
