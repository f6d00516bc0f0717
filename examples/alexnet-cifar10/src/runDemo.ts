import { encodeArtifact, writeArtifact, writeWholeFile } from '@bnfree/core';
import type { DistillResult } from '@bnfree/distill';
import { wasmBackend } from '@bnfree/integer-kernels';
import { distillAlexnet, loadCifar10, loadTeacher } from '@bnfree/models-alexnet';
import type { ImageDataset, Top1 } from '@bnfree/models-alexnet';
import { renderReport } from '@bnfree/report';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { openCheckpoint, removeCheckpoint } from './checkpointSettings.js';
import type { DemoEventListener } from './demoEvent.js';
import type { Accuracy, BackendReport, DemoReport } from './demoReport.js';
import { type DemoSettings, resultSettings, showBits } from './demoSettings.js';
import { measureBackend, measureTop1 } from './evaluateStudent.js';
import { openOutputFolder, type OutputFolder } from './outputFolder.js';
import { runAside } from './runAside.js';
import { runPhase } from './runPhase.js';
import { startTfjs } from './startTfjs.js';
import { verifyStudent } from './verifyStudent.js';

/** What a run hears and tells. */
export interface DemoControl {
  readonly signal: AbortSignal;
  readonly emit: DemoEventListener;
}

/** Test images that both backends' logits are compared on: the TypeScript one is slow. */
const comparedImages = 500;

/**
 * The main job: teacher in, verified integer model out.
 *
 * Writes `model.bnfree` when the student is made, `report.json` and `report.html` at the end, each whole or not at all.
 */
export async function runDemo(settings: DemoSettings, { signal, emit }: DemoControl): Promise<DemoReport> {
  const startMs = performance.now();
  const folder = await openOutputFolder(settings.out);
  await openCheckpoint(folder.checkpoint, settings);
  await startTfjs('all');
  const data = await loadData(settings, emit);
  const awaitTeacherTop1 = runAside('teacherTop1', null, signal);
  const model = await loadTeacher();
  const made = await distill(settings, folder, model, data.train, { signal, emit });
  const teacher = await measureTeacher(awaitTeacherTop1, model, emit);
  const measured = await measureStudent(made, folder, data.test, { signal, emit });
  const verification = await runPhase('verify', emit, () =>
    verifyStudent(folder.artifact, measured.backends),
  );
  const report: DemoReport = {
    format: 'bnfree-demo-report-1',
    settings: resultSettings(settings),
    teacher: {
      ...accuracy(teacher.top1),
      imagesPerSecond: teacher.top1.imagesPerSecond,
      bytes: teacher.bytes,
    },
    ptq: { ...accuracy(measured.ptq), bytes: measured.ptqBytes },
    student: { ...accuracy(measured.student), bits: settings.bits },
    artifact: measured.artifact,
    backends: measured.backends,
    verify: verification,
    distillation: made.report,
    durationMs: performance.now() - startMs,
  };
  await writeWholeFile(folder.report, `${JSON.stringify(report, undefined, 2)}\n`);
  await writeWholeFile(folder.page, demoPage(report));
  await removeCheckpoint(folder.checkpoint);
  return report;
}

/** The distiller's page, with the accuracies on the test set. */
function demoPage({ teacher, ptq, student, distillation }: DemoReport): string {
  const accuracies = [
    { name: 'teacher, float with BN', top1: teacher.top1 },
    { name: 'PTQ, integers', top1: ptq.top1 },
    { name: 'student, integers', top1: student.top1 },
  ];
  return renderReport(distillation, { accuracies });
}

async function loadData(
  { trainImages }: DemoSettings,
  emit: DemoEventListener,
): Promise<{ train: ImageDataset; test: ImageDataset }> {
  return runPhase('data', emit, async () => {
    const [train, test] = await Promise.all([
      loadCifar10({ split: 'train', count: trainImages }),
      loadCifar10({ split: 'test' }),
    ]);
    return { result: { train, test }, summary: `${train.count} training and ${test.count} test images` };
  });
}

/** The teacher is measured by another process while this one distils; here its result is waited for. */
async function measureTeacher(
  awaitTop1: () => Promise<Top1>,
  model: LayersModel,
  emit: DemoEventListener,
): Promise<{ top1: Top1; bytes: number }> {
  return runPhase('teacher', emit, async () => {
    const top1 = await awaitTop1();
    return { result: { top1, bytes: 4 * model.countParams() }, summary: describe(top1) };
  });
}

async function distill(
  settings: DemoSettings,
  { checkpoint }: OutputFolder,
  teacher: LayersModel,
  data: ImageDataset,
  { signal, emit }: DemoControl,
): Promise<DistillResult> {
  return runPhase('distill', emit, async () => {
    const result = await distillAlexnet({
      teacher,
      data,
      bits: settings.bits,
      requantization: settings.requantization,
      fit: { steps: settings.fitSteps },
      tune: { steps: settings.tuneSteps },
      batchSize: settings.batchSize,
      seed: settings.seed,
      checkpoint,
      signal,
      onEvent: (event) => {
        emit({ type: 'distill', event });
      },
    });
    const { length } = result.report.layers;
    return { result, summary: `${length} layers, ${showBits(settings.bits)}, ${settings.requantization}` };
  });
}

interface MeasuredStudent {
  readonly artifact: DemoReport['artifact'];
  readonly ptq: Top1;
  readonly ptqBytes: number;
  readonly student: Top1;
  readonly backends: readonly BackendReport[];
}

/** Writes the artifact, then measures what the file holds. */
async function measureStudent(
  { artifact, baseline, model }: DistillResult,
  folder: OutputFolder,
  test: ImageDataset,
  { signal, emit }: DemoControl,
): Promise<MeasuredStudent> {
  await model.dispose();
  if (baseline === null) throw new RangeError('the recipe makes no baseline');
  const { byteLength, sha256 } = await writeArtifact(folder.artifact, artifact);
  const awaitReference = runAside(
    'referenceBackend',
    { artifact: folder.artifact, count: comparedImages },
    signal,
  );
  const wasm = wasmBackend();
  const count = (phase: 'ptq' | 'student', student: typeof baseline | string): Promise<Top1> =>
    runPhase(phase, emit, async (onProgress) => {
      const result = await measureTop1(student, wasm, test, { signal, onProgress });
      return { result, summary: describe(result) };
    });
  const ptq = await count('ptq', baseline);
  const student = await count('student', folder.artifact);
  const backends = await runPhase('backends', emit, async (onProgress) => {
    const first = firstImages(test, comparedImages);
    const fast = await measureBackend(folder.artifact, wasm, first, { signal, onProgress });
    const slow = await awaitReference();
    // All test images are a better measure of the fast backend's speed.
    const timed = { imagesPerSecond: student.imagesPerSecond, timedImages: student.count };
    return {
      result: [{ ...fast, ...timed }, slow],
      summary: `the logits of ${first.count} images on 2 backends`,
    };
  });
  await wasm.dispose();
  return {
    artifact: { path: folder.artifact, bytes: byteLength, sha256 },
    ptqBytes: encodeArtifact(baseline).length,
    ptq,
    student,
    backends,
  };
}

function firstImages({ images, labels, shape }: ImageDataset, count: number): ImageDataset {
  const imageBytes = shape[0] * shape[1] * shape[2];
  return { count, shape, images: images.subarray(0, count * imageBytes), labels: labels.subarray(0, count) };
}

function accuracy({ percent, correct, count }: Top1): Accuracy {
  return { top1: percent, correct, count };
}

function describe({ percent, imagesPerSecond }: Top1): string {
  return `top-1 ${percent.toFixed(2)} %, ${imagesPerSecond.toFixed(0)} images/s`;
}
