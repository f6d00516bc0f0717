import type { ActivationSpec } from '../../activation.js';
import { denseLayout } from '../../memory/tensorLayout.js';
import type { Engine } from '../engine.js';
import { emitModule } from '../emitModule.js';
import { scratchByteLength } from '../scratch.js';
import type { KernelPlan } from '../wasmKernel.js';
import { planConvolution, type Convolution } from './convolutionPlan.js';
import type { ProductSpeeds } from './productSpeeds.js';

/** Ways to multiply whose speeds are measured; the others follow from them. */
type ProbedKind = keyof ProductSpeeds;

const [ROWS, DEPTH, UNITS] = [32, 128, 32];
/** Shortest time that is measured, in milliseconds, and rounds for the engine to compile well meanwhile. */
const ROUND_MS = 0.03;
const ROUNDS = 30;

/** Where a probe's memory holds what: its inputs first. */
const OUTPUT = ROWS * DEPTH;
const CONSTANTS = OUTPUT + ROWS * UNITS * 4;

/**
 * Runs a small fully connected layer in several ways, and measures them, in multiply-accumulates per nanosecond.
 *
 * Undefined where one gives another result than plain integers, by its first code or its last. Operands are the largest that the
 * ways may have. Throws where the engine compiles nothing.
 */
export function probeProducts<Kind extends ProbedKind>(
  engine: Engine,
  kinds: readonly Kind[],
): Readonly<Record<Kind, number>> | undefined {
  const { values, expected } = probeLayer();
  const probes = kinds.map((kind) => startProbe(engine, probePlan(kind), values));
  const speeds = probes.map(() => 0);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, { run, outputs }] of probes.entries()) {
      outputs.fill(0);
      speeds[index] = Math.max(speeds[index], callsPerMs(engine, run));
      if (outputs.some((value, position) => value !== expected[position])) return undefined;
    }
  }
  const work = (ROWS * DEPTH * UNITS) / 1e6;
  const entries = kinds.map((kind, index) => [kind, work * speeds[index]] as const);
  return Object.fromEntries(entries) as Record<Kind, number>;
}

/** The module that tries one way. */
export function probeModule(kind: ProbedKind): Uint8Array<ArrayBuffer> {
  return emitModule([probePlan(kind)]) as Uint8Array<ArrayBuffer>;
}

function probePlan(kind: ProbedKind): KernelPlan {
  const { op, layouts } = probeLayer();
  return planConvolution(op, layouts, { kind, weightBytes: kind === 'dot' ? 2 : 1 });
}

/** Calls in a millisecond. Begins and ends when the clock moves on, since many clocks are coarse. */
function callsPerMs({ now }: Engine, run: () => void): number {
  const before = now();
  let start = now();
  while (start === before) start = now();
  for (let calls = 1; ; calls += 1) {
    run();
    const duration = now() - start;
    if (duration >= ROUND_MS) return calls / duration;
  }
}

/** The layer, its operands and what comes out. */
function probeLayer() {
  const tensor = (shape: readonly number[], type: 'int8' | 'int32', quantMax: number): ActivationSpec => ({
    shape,
    type,
    zeroPoint: 0,
    quantMin: 0,
    quantMax,
  });
  const input = tensor([ROWS, DEPTH], 'int8', 127);
  const output = { ...tensor([ROWS, UNITS], 'int32', 0x7fffffff), quantMin: -0x80000000 };
  const repeat = (pattern: readonly number[], length: number): Int8Array =>
    Int8Array.from({ length }, (_, index) => pattern[(index + (index >> 6)) % pattern.length]);
  const values = repeat([127, 0, 127, 126, 1], ROWS * DEPTH);
  const weights = repeat([-128, 127, -1, -128, -128, 127, 3], UNITS * DEPTH);
  const expected = new Int32Array(ROWS * UNITS);
  for (let row = 0, next = 0; row < ROWS; row += 1) {
    for (let unit = 0; unit < UNITS; unit += 1, next += 1) {
      for (let k = 0; k < DEPTH; k += 1) {
        expected[next] += Math.imul(values[row * DEPTH + k], weights[unit * DEPTH + k]);
      }
    }
  }
  const op: Convolution = {
    name: 'probe',
    input,
    output,
    weights: {
      bits: 8,
      code: 'twosComplement',
      zeroPoint: 0,
      shape: [UNITS, DEPTH],
      data: new Uint8Array(weights.buffer),
    },
    bias: undefined,
    kernel: [1, 1],
    strides: [1, 1],
    dilations: [1, 1],
    padding: { top: 0, left: 0, value: 0 },
    groups: 1,
    requantization: { kind: 'none' },
  };
  const layouts = { inputs: [denseLayout(input)], output: denseLayout(output) };
  return { op, layouts, values, expected };
}

/** Compiles and places one way. */
function startProbe({ wasm }: Engine, plan: KernelPlan, values: Int8Array) {
  if (wasm === undefined) throw new TypeError('no WebAssembly');
  const scratch = Math.ceil((CONSTANTS + plan.constantBytes) / 64) * 64;
  const memory = new wasm.Memory({ initial: Math.ceil((scratch + scratchByteLength(plan, 1)) / 65536) });
  new Int8Array(memory.buffer).set(values);
  plan.writeConstants(new DataView(memory.buffer, CONSTANTS, plan.constantBytes), [0]);
  const module = new wasm.Module(emitModule([plan]) as Uint8Array<ArrayBuffer>);
  const instance = new wasm.Instance(module, { arena: { memory } });
  const phase = instance.exports['0.0'] as (...parameters: number[]) => void;
  return {
    run: phase.bind(undefined, 0, OUTPUT, CONSTANTS, scratch, scratch, 0, plan.phases[0].units),
    outputs: new Int32Array(memory.buffer, OUTPUT, ROWS * UNITS),
  };
}
