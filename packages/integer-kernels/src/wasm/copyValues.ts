import type { ActivationSpec } from '../activation.js';
import { emitCopyRun } from './copyRun.js';
import {
  add,
  multiply,
  quotient,
  remainder,
  type FunctionBuilder,
  type Local,
  type ModuleBuilder,
  type Value,
} from './emitter/index.js';
import { geometryOf, isDense, pixelAddress, pixelCount, type Geometry } from './geometry.js';
import { runParameters } from './runParameters.js';
import { emitRuns, walkUnitCost, walkUnits, type ValueWalk } from './valueRuns.js';
import type { KernelPhase, KernelPlan, OperandTensorLayouts } from './wasmKernel.js';

/** Plans a copy in row-major order between any two layouts, and between shapes of one size. */
export function planCopy(
  name: string,
  inputSpec: ActivationSpec,
  outputSpec: ActivationSpec,
  layouts: OperandTensorLayouts,
): KernelPlan {
  const input = geometryOf(inputSpec, layouts.inputs[0]);
  const output = geometryOf(outputSpec, layouts.output);
  const walk = commonWalk(input, output);
  const shape = walk ?? { input, output, length: commonLength(input, output) };
  return {
    kernel: `${name} copy${walk === undefined ? ` of ${commonLength(input, output)} values` : ''}`,
    key: `copy ${JSON.stringify(shape)}`,
    constantBytes: 0,
    phases: [phaseOf(walk, input, output)],
    emit(module: ModuleBuilder, [exportName]: readonly string[]) {
      module.function({ parameters: { input: 'i32', ...runParameters }, exportName }, (f, from) => {
        if (walk === undefined) emitPieces(f, input, output, from);
        else {
          emitRuns(f, walk, [from.input, from.output], from, ([source, target], length) => {
            emitCopyRun(f, source, target, length.values, input.elementBytes);
          });
        }
      });
    },
    writeConstants: () => undefined,
  };
}

/** Both tensors counted alike, where one shape serves both: a tensor without gaps has any shape of its size. */
function commonWalk(input: Geometry, output: Geometry): ValueWalk | undefined {
  const sizes = ({ batch, height, width, channels }: Geometry) => [batch, height, width, channels].join();
  if (sizes(input) === sizes(output)) return { tensors: [input, output], isUniform: true };
  if (isDense(output)) return { tensors: [input, reshaped(output, input)], isUniform: true };
  if (isDense(input)) return { tensors: [reshaped(input, output), output], isUniform: true };
  return undefined;
}

/** A dense tensor in the shape of another. */
function reshaped(
  { elementBytes, tailBytes, originPixels, pixelBytes }: Geometry,
  { batch, height, width, channels }: Geometry,
): Geometry {
  const bytes = channels * elementBytes;
  return {
    batch,
    height,
    width,
    channels,
    elementBytes,
    pixelBytes: bytes,
    rowPixels: width,
    imageRows: height,
    originPixels: (originPixels * pixelBytes) / bytes,
    tailBytes,
  };
}

function phaseOf(walk: ValueWalk | undefined, input: Geometry, output: Geometry): KernelPhase {
  if (walk !== undefined) return { units: walkUnits(walk), unitCost: Math.ceil(walkUnitCost(walk) / 16) };
  const length = commonLength(input, output);
  return { units: (pixelCount(input) * input.channels) / length, unitCost: Math.ceil(length / 16) };
}

/** Values that follow one another in both tensors, wherever they stand. */
function commonLength({ channels: a }: Geometry, { channels: b }: Geometry): number {
  const divisor = (x: number, y: number): number => (y === 0 ? x : divisor(y, x % y));
  return divisor(a, b);
}

/** Copies between two tensors with gaps and different shapes, piece by piece. */
function emitPieces(
  f: FunctionBuilder,
  input: Geometry,
  output: Geometry,
  from: Readonly<Record<'input' | 'output' | 'begin' | 'end', Local<'i32'>>>,
): void {
  const piece = f.local('i32', 'piece');
  const source = f.local('i32', 'source');
  const target = f.local('i32', 'target');
  const length = commonLength(input, output);
  const setAddress = (address: Local<'i32'>, base: Value<'i32'>, geometry: Geometry): void => {
    // A piece never crosses a pixel: its length divides the channels.
    const perPixel = geometry.channels / length;
    const pixel = f.local('i32', 'pixel');
    f.set(pixel, quotient(piece, perPixel));
    const inPixel = multiply(remainder(piece, perPixel), length * geometry.elementBytes);
    f.set(address, add(pixelAddress(base, geometry, pixel), inPixel));
  };
  f.range(piece, from.begin, from.end, 1, () => {
    setAddress(source, from.input, input);
    setAddress(target, from.output, output);
    emitCopyRun(f, source, target, length, input.elementBytes);
  });
}
