import { recipes } from '../learningRate.js';
import { distilDefaults } from '../distilDefaults.js';
import { distillationHours } from './distillationHours.js';
import type { ImagenetFile, LatencyRow } from './imagenetFile.js';
import { digestTable, latencyTable, memoryTable } from './inferenceTables.js';
import { markdownTable } from './markdownTable.js';

/** Images of ILSVRC 2012. */
const imagenet = { training: 1_281_167, validation: 50_000 } as const;

/** docs/imagenet.md from what was measured. */
export function imagenetPage(file: ImagenetFile, latencies: readonly LatencyRow[]): string {
  const { machine, digests, decoding, training, distillation } = file;
  const { effort } = digests;
  const [cost] = training;
  return `# AlexNet on ImageNet

Written by \`pnpm -s imagenet:page\` from [imagenet.json](imagenet.json) and [performance.json](performance.json), never by hand. ImageNet
itself was not there: speeds are measured on photographs of other sets, at full size, and what a whole run takes is computed from them.

Machine: ${machine.cpu}, ${machine.cores} cores, ${machine.node}; it did other work besides, so that rates a core count processor time.

## The commands

\`\`\`
pnpm -s imagenet train    --images imagenet/train --variant torchvision     # or convert, with weights that others trained
pnpm -s imagenet distil   --images imagenet/train --weight-bits 4 --activation-bits 4
pnpm -s imagenet evaluate --images imagenet/val --model run/imagenet/student/model.bnfree
\`\`\`

\`imagenet/train\` and \`imagenet/val\` have a folder a class; tar shards do as well. Stopped or killed, the same command goes on.
[The example](../examples/alexnet-imagenet) says more.

## The same logits everywhere

${effort.all} crops of photographs through integer AlexNets with random weights and 1000 classes, by \`pnpm -s imagenet:digests --json
docs/imagenet.json\`: every engine has the TypeScript reference (the first ${effort.reference} photographs), the fast TypeScript backend (all on
the first engine, ${effort.fastTypescript} on the others) and WebAssembly in both memory modes, with and without relaxed SIMD, on one and two threads, one and eight
images at once (all photographs). Cells say how many of these ways gave the reference's bytes.

${digestTable(file)}
## Memory

Megabytes held while the model is loaded, and at most while it was loading, as \`describe().memory\` has them; "small over file" is what
\`memory: 'small'\` holds beside its activations, over the size of the file: at most 1.5 is asked for.

${memoryTable(file)}
## Latency

Milliseconds a call on one thread, of torchvision's shape. Weights of fc6 and fc7 stay packed for one image, and with \`memory: 'small'\` for eight.
[Performance](performance.md) has the other engines beside it.

${latencyTable(latencies)}
## What a whole run takes

Disk: the archives of ILSVRC 2012 have 138 GB for training and 6.3 GB for validation, and nothing is written beside them: images are
decoded anew in each epoch. A teacher has ${megabytes(4 * cost.parameters)} MB, its checkpoint three times that.

Decoding, by \`pnpm -s imagenet bench --images imagenet/val --workers 0,1 --decoder sharp javascript\`, here of
${decoding.set}:

${markdownTable(
  ['decoder', 'threads', 'images/s', 'images/s a core'],
  decoding.rows.map((row) => [
    row.decoder,
    String(row.workers),
    row.imagesPerSecond.toFixed(0),
    row.imagesPerCoreSecond.toFixed(0),
  ]),
)}
Training, by \`pnpm -s imagenet cost\` (${training.map(({ batch }) => `\`--batch ${batch}\``).join(', ')}), on the wasm backend with one thread:

${markdownTable(
  ['variant', 'batch', 's a step', 'processor s a step', 'images/s a core', 'memory MB'],
  training.map((row) => [
    row.variant,
    String(row.batch),
    row.secondsPerStep.toFixed(1),
    row.processorSecondsPerStep.toFixed(1),
    row.imagesPerCoreSecond.toFixed(2),
    row.memoryMegabytes.toFixed(0),
  ]),
)}
${markdownTable(['what', 'images', 'hours on two cores'], wholeRuns(file, latencies))}
One core trains, the other decodes, ${decodingRate(file).toFixed(0)} images/s against ${cost.imagesPerCoreSecond.toFixed(1)} that are used: the trainer waits for
${waitPercent(file).toFixed(1)} % of the time; \`train\` prints the share at its end.

Distilling: a whole \`distil\` of ${distillation.variant}'s shape without fitting (W${distillation.weightBits}A${distillation.activationBits}, ${distillation.images} images, calibrated on
256 drawn from them) took ${distillation.processorSeconds.toFixed(0)} processor seconds, three quarters of them
to correct biases, which is faster by now, and at most ${distillation.memoryMegabytes.toFixed(0)} MB. The defaults' ${distilDefaults.images} images and ${distilDefaults.fitSteps} fit steps of ${distilDefaults.batch} a layer
add to that what the training step above says of passes over images: about ${distillationHours(file).toFixed(1)} hours on one core, an estimate, since a
fit at full size was not timed. \`distil --json\` tells the processor seconds of each layer, pass and step. Values
that wait between layers are bounded by [\`memoryBytes\`](../packages/distill/README.md).

Many machines: training is not divided between them. Evaluation is, by any split of the images, and the search over settings and seeds,
one distillation a machine. Hours of the former, and of four settings with three seeds each on one core of each machine:

${markdownTable(['machines', 'evaluation', 'twelve distillations'], manyMachines(file, latencies))}
Not measured: any GPU, because there was none. Where there is one, \`pnpm -s imagenet cost --backend webgpu\` gives its seconds a step,
and every command takes \`--backend webgpu\`, with the npm package \`webgpu\`: [GPUs](gpus.md). It was run on SwiftShader, a software adapter, which
is no GPU.
`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

/** Images that a core decodes in a second, by the fastest decoder. */
function decodingRate({ decoding }: ImagenetFile): number {
  return Math.max(...decoding.rows.map(({ imagesPerCoreSecond }) => imagesPerCoreSecond));
}

/** Share of the time in which the trainer has no images, decoded beside it. */
function waitPercent(file: ImagenetFile): number {
  const [{ imagesPerCoreSecond: used }] = file.training;
  return 100 * Math.max(0, 1 - decodingRate(file) / used);
}

/** Runs that do not share anything: settings times seeds. */
const distillations = 12;

function manyMachines(file: ImagenetFile, latencies: readonly LatencyRow[]): string[][] {
  return [1, 4, 12].map((machines) => [
    String(machines),
    ((evaluationHours(file, latencies) ?? NaN) / machines).toFixed(3),
    (Math.ceil(distillations / machines) * distillationHours(file)).toFixed(1),
  ]);
}

/** Of the W8A8 student alone, on one machine. */
function evaluationHours(file: ImagenetFile, latencies: readonly LatencyRow[]): number | undefined {
  const student = latencies.find(
    ({ id, node, threads }) => id === 'alexnet/b8' && node !== null && threads === 1,
  );
  if (student === undefined) return undefined;
  const slowest = Math.max(student.ours.ms / 1000 / student.batch, 1 / decodingRate(file));
  return (imagenet.validation * slowest) / 3600;
}

function wholeRuns(file: ImagenetFile, latencies: readonly LatencyRow[]): string[][] {
  const [{ imagesPerCoreSecond }] = file.training;
  const train = Object.entries(recipes).map(([name, { epochs }]) => [
    `\`train --optimizer ${name}\`, ${epochs} epochs`,
    String(imagenet.training * epochs),
    ((imagenet.training * epochs) / imagesPerCoreSecond / 3600).toFixed(0),
  ]);
  const hours = evaluationHours(file, latencies);
  if (hours === undefined) return train;
  return [...train, ['the W8A8 student alone, evaluated', String(imagenet.validation), hours.toFixed(2)]];
}
