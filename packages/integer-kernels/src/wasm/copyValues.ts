import type { ActivationSpec } from '../activation.js';
import { loadBytes, storeBytes } from './elements.js';
import {
  add,
  i32,
  type ModuleBuilder,
  multiply,
  quotient,
  remainder,
  type FunctionBuilder,
  type Local,
} from './emitter/index.js';
import { geometryOf, isDense, pixelAddress, pixelCount, type Geometry } from './geometry.js';
import { runParameters } from './runParameters.js';
import type { KernelPlan, OperandTensorLayouts } from './wasmKernel.js';

/** What the copy of one tensor into another place depends on. */
interface CopyCode {
  readonly input: Geometry;
  readonly output: Geometry;
  /** Bytes that follow one another in both. */
  readonly runBytes: number;
}

/** Plans a copy in row-major order between any two layouts, and between shapes of one size. */
export function planCopy(
  name: string,
  inputSpec: ActivationSpec,
  outputSpec: ActivationSpec,
  layouts: OperandTensorLayouts,
): KernelPlan {
  const input = geometryOf(inputSpec, layouts.inputs[0]);
  const output = geometryOf(outputSpec, layouts.output);
  const code: CopyCode = { input, output, runBytes: runBytes(input, output) };
  const totalBytes = pixelCount(output) * output.channels * output.elementBytes;
  return {
    kernel: `${name} copy of ${code.runBytes} bytes`,
    key: `copy ${JSON.stringify(code)}`,
    constantBytes: 0,
    phases: [{ units: totalBytes / code.runBytes, unitCost: Math.ceil(code.runBytes / 16) }],
    emit: (module, exportNames) => {
      emitCopy(module, code, exportNames);
    },
    writeConstants: () => undefined,
  };
}

/** The longest run of values without a gap in either tensor. */
function runBytes(input: Geometry, output: Geometry): number {
  const payload = (geometry: Geometry): number => geometry.channels * geometry.elementBytes;
  const total = pixelCount(input) * payload(input);
  const ofInput = isDense(input) ? total : payload(input);
  const ofOutput = isDense(output) ? total : payload(output);
  return greatestCommonDivisor(ofInput, ofOutput);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function emitCopy(module: ModuleBuilder, code: CopyCode, [exportName]: readonly string[]): void {
  module.function(
    { parameters: { input: 'i32', ...runParameters }, exportName },
    (f, { input, output, begin, end }) => {
      const run = f.local('i32', 'run');
      const source = f.local('i32', 'source');
      const target = f.local('i32', 'target');
      f.range(run, begin, end, 1, () => {
        setRunAddress(f, source, input, code.input, run, code.runBytes);
        setRunAddress(f, target, output, code.output, run, code.runBytes);
        emitCopyRun(f, source, target, code.runBytes);
      });
    },
  );
}

function setRunAddress(
  f: FunctionBuilder,
  address: Local<'i32'>,
  base: Local<'i32'>,
  geometry: Geometry,
  run: Local<'i32'>,
  bytes: number,
): void {
  const payload = geometry.channels * geometry.elementBytes;
  if (isDense(geometry)) {
    f.set(address, add(base, multiply(run, bytes)));
    return;
  }
  // The run never crosses a pixel: its length divides the pixel's values.
  const perPixel = payload / bytes;
  const pixel = f.local('i32', 'pixel');
  f.set(pixel, quotient(run, perPixel));
  f.set(address, add(pixelAddress(base, geometry, pixel), multiply(remainder(run, perPixel), bytes)));
}

/** Copies bytes that follow one another; the two locals are left as they were. */
export function emitCopyRun(
  f: FunctionBuilder,
  source: Local<'i32'>,
  target: Local<'i32'>,
  byteLength: number,
): void {
  if (byteLength > 256) {
    f.copy(target, source, i32(byteLength));
    return;
  }
  const value = f.local('v128', 'value');
  for (let offset = 0; offset < byteLength; offset += 16) {
    const count = Math.min(16, byteLength - offset);
    loadBytes(f, source, offset, value, count);
    storeBytes(f, target, offset, value, count);
  }
}
