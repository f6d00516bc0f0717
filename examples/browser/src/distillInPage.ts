import { sha256Hex } from '@bnfree/core';
import { distillAlexnet, loadTeacher } from '@bnfree/models-alexnet';
import type { DistillEventListener } from '@bnfree/distill';
import type { BackendName } from './backendNames.js';
import { fetchImages } from './siteData.js';
import { type ModelAnswers, runModel } from './runModel.js';
import { startBackend } from './startBackend.js';

/** What to do in a page. */
export interface PageOrder {
  readonly backend: BackendName;
  readonly trainImages: number;
  readonly testImages: number;
  readonly fitSteps: number;
  readonly tuneSteps: number;
  readonly batchSize: number;
}

/** What came of it. */
export interface PageOutcome extends ModelAnswers {
  readonly artifact: Uint8Array;
  readonly sha256: string;
  readonly seconds: number;
}

/** Distils the site's teacher on its images and classifies test images with the integers; undefined without that backend. */
export async function distillInPage(
  order: PageOrder,
  onEvent: DistillEventListener,
): Promise<PageOutcome | undefined> {
  const { backend, trainImages, testImages, fitSteps, tuneSteps, batchSize } = order;
  if (!(await startBackend(backend))) return undefined;
  const startMs = performance.now();
  const teacher = await loadTeacher({ baseUrl: new URL('/teacher/', location.href), digests: null });
  const data = await fetchImages('train', trainImages);
  try {
    const { model, artifact } = await distillAlexnet({
      teacher,
      data,
      batchSize,
      baseline: false,
      fitImages: trainImages,
      fit: { steps: fitSteps },
      tune: { steps: tuneSteps },
      onEvent,
    });
    await model.dispose();
    const seconds = (performance.now() - startMs) / 1000;
    const answers = await runModel(artifact, await fetchImages('test', testImages));
    return { artifact, sha256: sha256Hex(artifact), seconds, ...answers };
  } finally {
    teacher.dispose();
  }
}
