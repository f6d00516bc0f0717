/**
 * Times both backends on the layers of two AlexNets, after checking that their bytes are equal.
 *
 * npx tsx --conditions=@bnfree/source packages/integer-kernels/bench/referenceVersusWasm.ts
 *   [--rounds 15] [--skip-reference] [--json]
 */
import { parseArgs } from 'node:util';
import {
  denseLayout,
  opDefinitions,
  readTensor,
  requestedLayout,
  tensorByteLength,
  typescriptBackend,
  wasmBackend,
  writeTensor,
  type KernelBackend,
  type OperandView,
  type TensorValues,
} from '../src/index.js';
import { alexNetLayers, type Layer } from './alexNetLayers.js';

interface Figure {
  readonly layer: string;
  readonly kernel: string;
  readonly macs: number;
  readonly wasm: Duration;
  /** At the median, and of the fastest round: on a machine with other work they differ. */
  readonly gmacPerSecond: Duration;
  readonly reference: Duration | null;
  /** Reference over wasm, median over median and fastest over fastest. */
  readonly ratio: Duration | null;
}

/** Milliseconds of one call, or what is made of them. */
interface Duration {
  readonly median: number;
  readonly best: number;
}

interface Prepared {
  readonly kernel: string;
  readonly run: () => void;
  readonly read: () => TensorValues;
}

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    'skip-reference': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

/** Prepares a layer in an arena of its own, in the layouts that the backend asks for. */
async function prepare(backend: KernelBackend, { op, input }: Layer): Promise<Prepared> {
  const layouts = backend.layout(op);
  let end = 0;
  const reserve = (byteLength: number): number => {
    const start = end;
    end = Math.ceil((start + byteLength) / 16) * 16;
    return start;
  };
  const place = (tensor: typeof op.output, request: (typeof layouts)['output']): OperandView => {
    const layout = backend.name === 'wasm' ? requestedLayout(tensor, request) : denseLayout(tensor);
    return { byteOffset: reserve(tensorByteLength(tensor, layout)), layout };
  };
  const inputs = [place(op.inputs[0], layouts.inputs[0])];
  const output = place(op.output, layouts.output);
  const constantsOffset = reserve(layouts.constantBytes);
  const scratchOffset = reserve(layouts.scratchBytes);
  const arena = await backend.allocate(end);
  writeTensor(arena, op.inputs[0], inputs[0], input);
  const call = await backend.prepare(op, { arena, inputs, output, constantsOffset, scratchOffset });
  return {
    kernel: call.kernel,
    run: () => call.runSync?.(),
    read: () => readTensor(arena, op.output, output),
  };
}

/** Durations of a call; short calls are repeated within a round. */
function durationMs(run: () => void, rounds: number): Duration {
  const start = performance.now();
  run();
  const once = performance.now() - start;
  const repeats = Math.max(1, Math.min(200, Math.floor(2 / once)));
  const durations = Array.from({ length: rounds }, () => {
    const roundStart = performance.now();
    for (let repeat = 0; repeat < repeats; repeat += 1) run();
    return (performance.now() - roundStart) / repeats;
  }).sort((a, b) => a - b);
  return { median: durations[rounds >> 1], best: durations[0] };
}

function isEqual(a: TensorValues, b: TensorValues): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

async function measure(layer: Layer, rounds: number): Promise<Figure> {
  const definition = opDefinitions[layer.op.op] as { macs(op: Layer['op']): number };
  const macs = definition.macs(layer.op);
  const prepared = await prepare(wasmBackend(), layer);
  // The engine compiles in the background: give it time before anything is measured.
  for (let call = 0; call < 5; call += 1) prepared.run();
  await new Promise((resolve) => setTimeout(resolve, 150));
  const wasm = durationMs(prepared.run, rounds);
  const gmacPerSecond = { median: macs / wasm.median / 1e6, best: macs / wasm.best / 1e6 };
  const figure = { layer: layer.name, kernel: prepared.kernel, macs, wasm, gmacPerSecond };
  if (options['skip-reference']) return { ...figure, reference: null, ratio: null };
  const slow = await prepare(typescriptBackend(), layer);
  slow.run();
  if (!isEqual(slow.read(), prepared.read())) throw new Error(`${layer.name}: the backends differ`);
  const reference = durationMs(slow.run, macs > 5e7 ? 1 : 3);
  const ratio = { median: reference.median / wasm.median, best: reference.best / wasm.best };
  return { ...figure, reference, ratio };
}

function row({ layer, kernel, wasm, gmacPerSecond, reference, ratio }: Figure): string {
  const columns = [
    layer.padEnd(34),
    `${wasm.median.toFixed(3)} ms`.padStart(11),
    `${gmacPerSecond.median.toFixed(1)} (best ${gmacPerSecond.best.toFixed(1)}) GMAC/s`.padStart(25),
    ...(reference === null ? [] : [`${reference.median.toFixed(1)} ms reference`.padStart(20)]),
    ...(ratio === null ? [] : [`${ratio.median.toFixed(0)}x`.padStart(5)]),
    kernel,
  ];
  return `${columns.join('  ')}\n`;
}

const figures: Figure[] = [];
for (const layer of alexNetLayers()) {
  const figure = await measure(layer, Number(options.rounds));
  figures.push(figure);
  if (!options.json) process.stdout.write(row(figure));
}
if (options.json) process.stdout.write(`${JSON.stringify({ node: process.version, figures }, null, 2)}\n`);
