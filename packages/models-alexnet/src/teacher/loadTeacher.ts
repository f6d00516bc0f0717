import { BnfreeError, throwIfIssues } from '@bnfree/core';
import { io } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { checkOptions, expectThat, optional } from '../options/checkOptions.js';
import { checkTeacherFiles } from './checkTeacherFiles.js';
import { readTeacherFiles, teacherFolder } from './readTeacherFiles.js';
import { teacherDigests, type TeacherDigests } from './teacherDigests.js';

/** Where the teacher's files are. */
export interface TeacherOptions {
  /**
   * URL (or, in Node, path) of the folder that holds `model.json` and `weights.bin`. Default: this package's own files,
   * found beside the module; a bundled page must say where it serves them.
   */
  readonly baseUrl?: string | URL;
  /** SHA-256 of the two files; default: those of this package's teacher. `null` accepts any, for a teacher of your own. */
  readonly digests?: TeacherDigests | null;
}

/**
 * Loads the AlexNet-BN teacher for CIFAR-10 onto the current tfjs backend.
 *
 * Input `[batch, 32, 32, 3]` float32, `(pixel - 128) / 128`; output `[batch, 10]` softmax. The model is the caller's to
 * dispose. Throws TEACHER_MISSING, TEACHER_DAMAGED, NON_FINITE_WEIGHTS, INVALID_OPTION, UNKNOWN_OPTION.
 */
export async function loadTeacher(options: TeacherOptions = {}): Promise<LayersModel> {
  throwIfIssues(checkOptions(options, { baseUrl: optional(location), digests: optional(digestsOrNull) }));
  const folder = teacherFolder(options.baseUrl);
  const files = await readTeacherFiles(folder);
  const artifacts = checkTeacherFiles(
    files,
    options.digests === undefined ? teacherDigests : options.digests,
  );
  return loadLayersModel(io.fromMemory(artifacts)).catch((cause: unknown) => {
    const message = `tfjs does not accept it: ${cause instanceof Error ? cause.message : String(cause)}`;
    const fix = 'serve the files of node_modules/@bnfree/models-alexnet/teacher unchanged';
    throw new BnfreeError([{ code: 'TEACHER_DAMAGED', path: files.model.path, message, fix }], { cause });
  });
}

const location = expectThat(
  (value) => value instanceof URL || (typeof value === 'string' && value !== ''),
  'a URL or a path',
  "write baseUrl: '/models/alexnet/'",
);

const digestsOrNull = expectThat(
  (value) => value === null || (isDigest(value, 'model') && isDigest(value, 'weights')),
  'null or { model, weights }, 64 lower-case hex digits each',
  'write what sha256sum prints for model.json and weights.bin',
);

function isDigest(value: unknown, key: keyof TeacherDigests): boolean {
  const digest =
    typeof value === 'object' && value !== null ? (value as Partial<TeacherDigests>)[key] : undefined;
  return typeof digest === 'string' && /^[0-9a-f]{64}$/.test(digest);
}
