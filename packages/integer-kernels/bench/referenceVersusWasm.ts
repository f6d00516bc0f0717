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
  readonly wasmMs: number;
  readonly wasmGmacPerSecond: number;
  readonly referenceMs: number | null;
  readonly ratio: number | null;
}

interface Prepared {
  readonly kernel: string;
  run(): void;
  read(): TensorValues;
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

/** Median duration of a call; short calls are repeated within a round. */
function medianMs(run: () => void, rounds: number): number {
  const start = performance.now();
  run();
  const once = performance.now() - start;
  const repeats = Math.max(1, Math.min(200, Math.floor(2 / once)));
  const durations = Array.from({ length: rounds }, () => {
    const roundStart = performance.now();
    for (let repeat = 0; repeat < repeats; repeat += 1) run();
    return (performance.now() - roundStart) / repeats;
  }).sort((a, b) => a - b);
  return durations[rounds >> 1];
}

function isEqual(a: TensorValues, b: TensorValues): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

async function measure(layer: Layer, rounds: number): Promise<Figure> {
  const definition = opDefinitions[layer.op.op] as { macs(op: Layer['op']): number };
  const macs = definition.macs(layer.op);
  const wasm = await prepare(wasmBackend(), layer);
  // The engine compiles in the background: give it time before anything is measured.
  for (let call = 0; call < 5; call += 1) wasm.run();
  await new Promise((resolve) => setTimeout(resolve, 150));
  const wasmMs = medianMs(wasm.run, rounds);
  const figure = {
    layer: layer.name,
    kernel: wasm.kernel,
    macs,
    wasmMs,
    wasmGmacPerSecond: macs / wasmMs / 1e6,
  };
  if (options['skip-reference']) return { ...figure, referenceMs: null, ratio: null };
  const reference = await prepare(typescriptBackend(), layer);
  reference.run();
  if (!isEqual(reference.read(), wasm.read())) throw new Error(`${layer.name}: the backends differ`);
  const referenceMs = medianMs(reference.run, macs > 5e7 ? 1 : 3);
  return { ...figure, referenceMs, ratio: referenceMs / wasmMs };
}

const figures: Figure[] = [];
for (const layer of alexNetLayers()) {
  const figure = await measure(layer, Number(options.rounds));
  figures.push(figure);
  if (options.json) continue;
  const { layer: name, wasmMs, wasmGmacPerSecond, referenceMs, ratio, kernel } = figure;
  const columns = [
    name.padEnd(34),
    `${wasmMs.toFixed(3)} ms`.padStart(11),
    `${wasmGmacPerSecond.toFixed(1)} GMAC/s`.padStart(13),
    referenceMs === null ? '' : `${referenceMs.toFixed(1)} ms reference`.padStart(20),
    ratio === null ? '' : `${ratio.toFixed(0)}x`.padStart(6),
    kernel,
  ];
  process.stdout.write(`${columns.join('  ')}\n`);
}
if (options.json) process.stdout.write(`${JSON.stringify({ node: process.version, figures }, null, 2)}\n`);
