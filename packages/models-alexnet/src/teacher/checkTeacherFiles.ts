import { BnfreeError, type Issue, sha256Hex } from '@bnfree/core';
import type { io } from '@tensorflow/tfjs-core';
import type { TeacherFile, TeacherFiles } from './readTeacherFiles.js';
import type { TeacherDigests } from './teacherDigests.js';

const fix =
  'reinstall @bnfree/models-alexnet, or write loadTeacher({ baseUrl, digests: null }) for a teacher of your own';

/** Checks digests, structure and values, and returns what tfjs loads a model from. Reports all issues at once. */
export function checkTeacherFiles(files: TeacherFiles, digests: TeacherDigests | null): io.ModelArtifacts {
  const wrong =
    digests === null
      ? []
      : [...checkDigest(files.model, digests.model), ...checkDigest(files.weights, digests.weights)];
  if (wrong.length > 0) throw new BnfreeError(wrong);
  const { modelTopology, weightSpecs } = parseModel(files.model);
  const length = weightSpecs.reduce(
    (bytes, { shape }) => bytes + 4 * shape.reduce((product, size) => product * size, 1),
    0,
  );
  if (length !== files.weights.bytes.length) {
    throw damaged(
      files.weights,
      `got ${files.weights.bytes.length} bytes, expected ${length} for ${files.model.path}`,
    );
  }
  const weightData = files.weights.bytes.slice().buffer;
  const issues = findNotFinite(weightSpecs, new Float32Array(weightData), files.weights.path);
  if (issues.length > 0) throw new BnfreeError(issues);
  return { modelTopology, weightSpecs, weightData };
}

function checkDigest({ path, bytes }: TeacherFile, expected: string): Issue[] {
  const got = sha256Hex(bytes);
  if (got === expected) return [];
  return [{ code: 'TEACHER_DAMAGED', path, message: `got SHA-256 ${got}, expected ${expected}`, fix }];
}

interface ParsedModel {
  readonly modelTopology: Record<string, unknown>;
  readonly weightSpecs: io.WeightsManifestEntry[];
}

function parseModel(file: TeacherFile): ParsedModel {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(file.bytes));
  } catch (cause) {
    throw damaged(file, `no JSON: ${(cause as Error).message}`, cause);
  }
  const { modelTopology, weightsManifest } = (value ?? {}) as Partial<io.ModelJSON>;
  const weightSpecs = weightsManifest?.flatMap(({ weights }) => weights);
  if (
    modelTopology === undefined ||
    weightSpecs === undefined ||
    weightSpecs.some(({ dtype }) => dtype !== 'float32')
  ) {
    throw damaged(file, 'no tfjs layers-model with float32 weights');
  }
  return { modelTopology: modelTopology, weightSpecs };
}

/** One issue for every weight tensor that holds a NaN or an infinity. */
function findNotFinite(
  specs: readonly io.WeightsManifestEntry[],
  values: Float32Array,
  path: string,
): Issue[] {
  let start = 0;
  return specs.flatMap(({ name, shape }) => {
    const tensor = values.subarray(start, start + shape.reduce((product, size) => product * size, 1));
    start += tensor.length;
    const index = tensor.findIndex((value) => !Number.isFinite(value));
    if (index < 0) return [];
    return [
      {
        code: 'NON_FINITE_WEIGHTS',
        path: `${path} "${name}"[${index}]`,
        message: `got ${tensor[index]}, expected a finite number`,
        fix: 'train again with a lower learning rate, or restore the weights of an earlier epoch',
      },
    ];
  });
}

function damaged({ path }: TeacherFile, message: string, cause?: unknown): BnfreeError {
  return new BnfreeError([{ code: 'TEACHER_DAMAGED', path, message, fix }], { cause });
}
