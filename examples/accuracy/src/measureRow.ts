import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWholeFile } from '@bnfree/core';
import { type DistillEventListener, makeFolder } from '@bnfree/distill';
import { measureTop1, trainableModel } from '@bnfree/example-train-teacher';
import type { ImageDataset } from '@bnfree/models-alexnet';
import { packRight, type StoredRow } from './accuracyRow.js';
import { datasetSlice } from './datasetSlice.js';
import { distilled } from './methods/distilled.js';
import { floatNet } from './methods/floatNet.js';
import { lowBitStudent } from './methods/lowBitStudent.js';
import type { MethodContext, MethodResult } from './methods/methodContext.js';
import { type Method, rowId, type RowSpec } from './rowSpec.js';
import { type AccuracySetting, accuracySettings } from './settings.js';
import { type AccuracyTeacher, accuracyTeachers, realInput } from './teachers.js';

/** What a row's measurement depends on besides its spec. */
export interface MeasureOptions {
  /** Folder of checkpoints, and of the rows of short looks. */
  readonly out: string;
  /** Folder of the finished rows of whole measurements: part of the repository, so that the table grows on any machine. */
  readonly rows: string;
  /** A short look: few steps, few images. */
  readonly isQuick: boolean;
  readonly signal: AbortSignal;
  readonly onEvent: DistillEventListener;
}

/** Measures a row, from its checkpoint where there is one, and keeps it. */
export async function measureRow(spec: RowSpec, options: MeasureOptions): Promise<StoredRow> {
  const { isQuick, signal, onEvent } = options;
  const folder = rowFolder(spec, options);
  await makeFolder(folder);
  const startMs = performance.now();
  const teacher: AccuracyTeacher = accuracyTeachers[spec.teacher];
  const model = await teacher.load();
  try {
    const { training, validation, test } = await splitData(teacher, isQuick);
    const setting = quickened(accuracySettings[spec.setting], isQuick);
    const teacherTop1 = await measureTeacher(spec, teacher, test, options);
    const context = { spec, setting, teacher, model, training, validation, test, folder, signal, onEvent };
    const { right, steps, macs, artifactBytes } = await methodOf(spec.method)(context);
    const top1 = (100 * right.reduce((sum, bit) => sum + bit, 0)) / right.length;
    const row: StoredRow = {
      ...spec,
      teacherTop1,
      top1,
      gap: Math.round(100 * (teacherTop1 - top1)) / 100,
      steps,
      macs,
      artifactBytes,
      seconds: Math.round((performance.now() - startMs) / 1000),
      testImages: test.count,
      right: packRight(right),
    };
    await writeWholeFile(rowFile(spec, options), `${JSON.stringify(row, undefined, 2)}\n`);
    await rm(join(folder, 'checkpoint'), { recursive: true, force: true });
    return row;
  } finally {
    model.dispose();
  }
}

function methodOf(method: Method): (context: MethodContext) => Promise<MethodResult> {
  switch (method) {
    case 'paper':
    case 'thresholds':
      return lowBitStudent;
    case 'lsq+bn':
    case 'teacherTrainedOn':
      return floatNet;
    default:
      return distilled;
  }
}

type RowPlace = Pick<MeasureOptions, 'out' | 'rows' | 'isQuick'>;

function rowFile(spec: RowSpec, place: RowPlace): string {
  return place.isQuick ? join(rowFolder(spec, place), 'row.json') : join(place.rows, `${rowId(spec)}.json`);
}

/** A row that an earlier call measured, here or on another machine. */
export async function storedRow(spec: RowSpec, place: RowPlace): Promise<StoredRow | undefined> {
  const text = await readFile(rowFile(spec, place), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as StoredRow);
}

/** Forgets what an earlier call did for a row. */
export async function removeRow(spec: RowSpec, place: RowPlace): Promise<void> {
  await rm(rowFile(spec, place), { force: true });
  await rm(rowFolder(spec, place), { recursive: true, force: true });
}

function rowFolder(spec: RowSpec, { out, isQuick }: Pick<MeasureOptions, 'out' | 'isQuick'>): string {
  return join(out, isQuick ? 'quick' : 'full', rowId(spec));
}

async function splitData(
  { data, validationImages }: AccuracyTeacher,
  isQuick: boolean,
): Promise<Readonly<Record<'training' | 'validation' | 'test', ImageDataset>>> {
  const [all, test] = await Promise.all([data('train'), data('test')]);
  const firstValidation = all.count - validationImages;
  return {
    training: datasetSlice(all, 0, isQuick ? 2000 : firstValidation),
    validation: datasetSlice(all, firstValidation, isQuick ? firstValidation + 500 : all.count),
    test: isQuick ? datasetSlice(test, 0, 500) : test,
  };
}

function quickened(setting: AccuracySetting, isQuick: boolean): AccuracySetting {
  if (!isQuick) return setting;
  return { ...setting, fitSteps: Math.min(5, setting.fitSteps), tuneSteps: Math.min(10, setting.tuneSteps) };
}

/** The teacher's own accuracy, measured once for all rows. */
async function measureTeacher(
  { teacher: name }: RowSpec,
  teacher: AccuracyTeacher,
  test: ImageDataset,
  { out, isQuick }: MeasureOptions,
): Promise<number> {
  const file = join(out, isQuick ? 'quick' : 'full', `${name}.json`);
  const stored = await readFile(file, 'utf8').catch(() => undefined);
  if (stored !== undefined) return (JSON.parse(stored) as { readonly top1: number }).top1;
  const model = await teacher.load();
  const { top1 } = await measureTop1(trainableModel(model), test, realInput(teacher));
  model.dispose();
  await writeWholeFile(file, `${JSON.stringify({ top1 })}\n`);
  return top1;
}
