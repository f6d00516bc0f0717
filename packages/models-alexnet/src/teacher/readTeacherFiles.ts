import { BnfreeError, type Issue } from '@bnfree/core';
import { readUrl, resolveUrl, showUrl } from '../files/readUrl.js';
import { packageRoot } from '../packageRoot.js';

/** A file's bytes and where they came from. */
export interface TeacherFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The two files of a teacher. */
export interface TeacherFiles {
  readonly model: TeacherFile;
  readonly weights: TeacherFile;
}

/** Folder URL, ending with a slash: `baseUrl` against the page or the working folder, or this package's own. */
export function teacherFolder(baseUrl: string | URL | undefined): URL {
  if (baseUrl === undefined) return new URL('teacher/', packageRoot);
  const text = String(baseUrl);
  return resolveUrl(text.endsWith('/') ? text : `${text}/`);
}

/** Reads both files, over HTTP or from disk; reports all that are missing at once. */
export async function readTeacherFiles(folder: URL): Promise<TeacherFiles> {
  const names = ['model.json', 'weights.bin'];
  const results = await Promise.allSettled(names.map((name) => readUrl(new URL(name, folder))));
  const issues = results.flatMap((result, i) =>
    result.status === 'rejected' ? [missing(new URL(names[i], folder), result.reason)] : [],
  );
  if (issues.length > 0) throw new BnfreeError(issues);
  const [model, weights] = results.map((result, i) => ({
    path: showUrl(new URL(names[i], folder)),
    bytes: (result as PromiseFulfilledResult<Uint8Array>).value,
  }));
  return { model, weights };
}

function missing(url: URL, reason: unknown): Issue {
  return {
    code: 'TEACHER_MISSING',
    path: showUrl(url),
    message: `cannot be read: ${reason instanceof Error ? reason.message : String(reason)}`,
    fix: "serve the folder node_modules/@bnfree/models-alexnet/teacher and write loadTeacher({ baseUrl: '/its/url/' })",
  };
}
