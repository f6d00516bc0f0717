import { i32, load, op, type FunctionBuilder, type Local } from '../emitter/index.js';
import { runSteps, type PanelShape } from './panelShape.js';
import { laneGroups, loadWeights, productOf, stepValueBytes, stepWeightBytes } from './product.js';
import type { WindowRuns } from './windows.js';

/** What the sums of a tile run over. */
export interface DepthShape {
  readonly panels: PanelShape;
  readonly runs: WindowRuns;
  /** Bytes from the window of a pixel to that of the next. */
  readonly windowBytes: number;
}

/** Locals that the steps use. */
export interface DepthLocals {
  /** int16 ones. */
  readonly ones: Local<'v128'>;
  /** Address of the tile's values; moved. */
  readonly values: Local<'i32'>;
  readonly panel: Local<'i32'>;
}

/** The sums of one pixel: a vector for every four lanes of a panel. */
export type Sums = readonly Local<'v128'>[];

/** The sums of a tile under a name. */
export function sumLocals(f: FunctionBuilder, name: string, pixels: number, { product }: PanelShape): Sums[] {
  const positions = Array.from({ length: 2 * laneGroups(product) }, (_, position) => position);
  return Array.from({ length: pixels }, (_, pixel) =>
    positions.map((position) => f.local('v128', `${name}${pixel}_${position}`)),
  );
}

/** All steps of a window: its rows, their taps, and the steps of each run; narrow sums are folded where they are full. */
export function emitDepth(
  f: FunctionBuilder,
  shape: DepthShape,
  locals: DepthLocals,
  sums: readonly Sums[],
  fold?: () => void,
): void {
  const { panels, runs } = shape;
  const { product } = panels;
  const { values, panel } = locals;
  const weights = f.local('i32', 'weights');
  const steps = runSteps(panels);
  const runBytes = steps * stepValueBytes(product);
  const foldSteps = product.foldSteps ?? steps;
  // Pieces of about equal length where a run is too long, else several runs together.
  const pieces = Math.ceil(steps / foldSteps);
  const piece = Math.ceil(steps / pieces);
  const foldRuns = Math.floor(foldSteps / steps);
  const runsLeft = f.local('i32', 'foldRuns');
  const emitPiece = (count: number): void => {
    emitSteps(f, shape, locals, weights, sums, count);
    if (pieces > 1) fold?.();
  };
  const emitRun = (): void => {
    f.repeat(f.local('i32', 'pieces'), Math.floor(steps / piece), () => {
      emitPiece(piece);
    });
    if (steps % piece > 0) emitPiece(steps % piece);
    if (pieces > 1 || fold === undefined) return;
    f.increase(runsLeft, -1);
    f.if(op('i32.eqz', runsLeft), () => {
      fold();
      f.set(runsLeft, i32(foldRuns));
    });
  };
  f.set(weights, panel);
  f.set(runsLeft, i32(foldRuns));
  f.repeat(f.local('i32', 'runRows'), runs.rows, () => {
    f.repeat(f.local('i32', 'runTaps'), runs.taps, () => {
      emitRun();
      if (runs.taps > 1) f.increase(values, runs.tapBytes - runBytes);
    });
    const walked = runs.taps > 1 ? runs.taps * runs.tapBytes : runBytes;
    if (runs.rows > 1) f.increase(values, runs.rowBytes - walked);
  });
  if (pieces === 1) fold?.();
}

/** Some steps, one a round where the tile is full: more would spill sums. Small tiles are bound by the loop. */
function emitSteps(
  f: FunctionBuilder,
  shape: DepthShape,
  locals: DepthLocals,
  weights: Local<'i32'>,
  sums: readonly Sums[],
  count: number,
): void {
  const { product } = shape.panels;
  const unroll = sums.length > 2 ? 1 : 4 / sums.length;
  const emitRound = (steps: number): void => {
    for (let step = 0; step < steps; step += 1) emitStep(f, shape, locals, weights, sums, step);
    f.increase(locals.values, steps * stepValueBytes(product));
    f.increase(weights, steps * stepWeightBytes(product));
  };
  f.repeat(f.local('i32', 'rounds'), Math.floor(count / unroll), () => {
    emitRound(unroll);
  });
  if (count % unroll > 0) emitRound(count % unroll);
}

/** One step of all pixels, at a fixed distance from the pointers. */
function emitStep(
  f: FunctionBuilder,
  { panels: { product: code }, windowBytes }: DepthShape,
  { values, ones }: DepthLocals,
  weights: Local<'i32'>,
  sums: readonly Sums[],
  step: number,
): void {
  const product = productOf(code);
  const value = f.local('v128', 'value');
  const valueBytes = stepValueBytes(code);
  const vectors = sums[0].map((_, position) => {
    const isShared = product.isDense === true && position % 2 === 1;
    const local = f.local('v128', `weights${isShared ? position - 1 : position}`);
    if (!isShared) f.set(local, loadWeights(code, weights, step * stepWeightBytes(code), position));
    return local;
  });
  sums.forEach((sum, pixel) => {
    const loadValue = valueBytes === 2 ? 'v128.load16_splat' : 'v128.load32_splat';
    f.set(value, load(loadValue, values, pixel * windowBytes + step * valueBytes));
    vectors.forEach((vector, position) => {
      const half = position % 2 === 0 ? 0 : 1;
      const operands = { sum: sum[position], weights: vector, values: value, ones, half, code } as const;
      f.set(sum[position], product.step(operands));
    });
  });
}
