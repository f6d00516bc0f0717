import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findChromium } from '@bnfree/engines';
import { saveTeacher, startBackend } from '@bnfree/example-train-teacher';
import type { ImageDataset } from '@bnfree/models-alexnet';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { build } from 'esbuild';
import { checkBackends } from '../src/checkBackends.js';
import { serveSite, type SiteServer } from '../src/serveSite.js';

const inChromium = findChromium() === undefined ? describe.skip : describe;

const images = (count: number): ImageDataset => ({
  count,
  shape: [8, 8, 3],
  images: Uint8Array.from({ length: count * 192 }, (_, index) => (index * 7919 + (index >> 5) * 31) % 256),
  labels: Uint8Array.from({ length: count }, (_, index) => index % 10),
});

/** Small: shaders are slow on a processor. */
const tinyTeacher = () =>
  sequential({
    layers: [
      layers.conv2d({
        filters: 4,
        kernelSize: 3,
        padding: 'same',
        useBias: false,
        inputShape: [8, 8, 3],
        name: 'conv1',
      }),
      layers.batchNormalization({ name: 'bn1' }),
      layers.reLU({ name: 'relu1' }),
      layers.maxPooling2d({ poolSize: 4, name: 'pool1' }),
      layers.flatten({ name: 'flatten' }),
      layers.dense({ units: 10, name: 'fc2' }),
    ],
  });

inChromium('a page distils', () => {
  let folder: string;
  let site: SiteServer;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'browser-'));
    await startBackend('cpu');
    const teacher = tinyTeacher();
    await saveTeacher(teacher, folder);
    teacher.dispose();
    site = await serveSite({
      teacherFolder: folder,
      images: (_split, count) => Promise.resolve(images(count)),
    });
  });
  afterAll(async () => {
    await site.close();
    await rm(folder, { recursive: true });
  });

  const order = { trainImages: 16, testImages: 20, fitSteps: 1, tuneSteps: 1, batchSize: 8 };
  // SwiftShader computes WebGL and WebGPU on the processor; a browser without them says so.
  test.each(['wasm', 'webgl', 'webgpu'] as const)(
    'on %s, and Node computes the same logits with its file',
    async (backend) => {
      const [row] = await checkBackends(site.origin, [backend], order, images(20));
      expect([row.backend, row.isSame === true || (backend !== 'wasm' && row.isSame === null)]).toEqual([
        backend,
        true,
      ]);
    },
    120_000,
  );
});

describe('bundles for browsers', () => {
  // What a page's build does, with no setting of its own: nothing of Node may be asked for.
  test.each([
    '@bnfree/core',
    '@bnfree/distill',
    '@bnfree/integer-kernels',
    '@bnfree/models-alexnet',
    '@bnfree/models-alexnet/app',
    '@bnfree/tfjs-wasm-training',
  ])('%s', async (name) => {
    const { errors, warnings } = await build({
      stdin: { contents: `export * from '${name}';`, resolveDir: __dirname },
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'browser',
      conditions: ['@bnfree/source', 'browser'],
      logLevel: 'silent',
    });
    expect([...errors, ...warnings]).toEqual([]);
  });
});
