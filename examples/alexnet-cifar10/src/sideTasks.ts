import { typescriptBackend } from '@bnfree/integer-kernels';
import { evaluateTeacherTop1, loadCifar10, loadTeacher, type Top1 } from '@bnfree/models-alexnet';
import type { BackendReport } from './demoReport.js';
import { measureBackend } from './evaluateStudent.js';
import { startTfjs } from './startTfjs.js';

/** Measurements that need nothing of the main job but a file, so that another core can make them meanwhile. */
export interface SideTasks {
  /** Top-1 of the float teacher on all test images. */
  teacherTop1: { input: null; result: Top1 };
  /** Digest and speed of the reference backend on the first test images. */
  referenceBackend: { input: { readonly artifact: string; readonly count: number }; result: BackendReport };
}

export type SideTaskName = keyof SideTasks;

type SideTaskTable = {
  readonly [Name in SideTaskName]: (input: SideTasks[Name]['input']) => Promise<SideTasks[Name]['result']>;
};

const never = new AbortController().signal;

/** What each side task does. */
export const sideTasks: SideTaskTable = {
  async teacherTop1() {
    await startTfjs('one');
    const teacher = await loadTeacher();
    return evaluateTeacherTop1(teacher, await loadCifar10({ split: 'test' }));
  },
  async referenceBackend({ artifact, count }) {
    const test = await loadCifar10({ split: 'test', count });
    return measureBackend(artifact, typescriptBackend(), test, {
      signal: never,
      onProgress: () => undefined,
    });
  },
};
