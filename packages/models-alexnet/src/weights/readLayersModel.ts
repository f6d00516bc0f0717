import { BnfreeError, type Issue, throwIfIssues } from '@bnfree/core';
import type { io } from '@tensorflow/tfjs-core';
import { readUrl, showUrl } from '../files/readUrl.js';
import { elementCount, type FloatTensor, type NamedWeights } from './namedWeights.js';

/**
 * Reads the weights of a tfjs model.json: its manifest and the files that this names.
 *
 * @throws BnfreeError SOURCE_UNREADABLE for every file that is missing, WEIGHTS_DAMAGED
 */
export async function readLayersModel(bytes: Uint8Array, url: URL): Promise<NamedWeights> {
  const path = showUrl(url);
  const groups = manifestOf(bytes, path);
  const weights = new Map<string, FloatTensor>();
  const issues: Issue[] = [];
  for (const { paths, weights: specs } of groups) {
    const parts = await Promise.allSettled(paths.map((part) => readUrl(new URL(part, url))));
    const missing = parts.flatMap((part, index) =>
      part.status === 'rejected' ? [unreadable(showUrl(new URL(paths[index], url)), part.reason)] : [],
    );
    issues.push(...missing);
    if (missing.length > 0) continue;
    const payload = join(parts.map((part) => (part as PromiseFulfilledResult<Uint8Array>).value));
    issues.push(...readGroup(payload, specs, path, weights));
  }
  throwIfIssues(issues);
  return weights;
}

/** The issue of a file that cannot be read. */
export function unreadable(path: string, reason: unknown): Issue {
  const message = `cannot be read: ${reason instanceof Error ? reason.message : String(reason)}`;
  return { code: 'SOURCE_UNREADABLE', path, message, fix: 'check the path, and who may read it' };
}

function readGroup(
  payload: Uint8Array,
  specs: io.WeightsManifestEntry[],
  path: string,
  weights: Map<string, FloatTensor>,
): Issue[] {
  const other = specs.filter(({ dtype, quantization }) => dtype !== 'float32' || quantization !== undefined);
  if (other.length > 0) {
    return other.map(({ name, dtype }) =>
      damaged(`${path} "${name}"`, `got ${dtype}, maybe quantized, expected plain float32`),
    );
  }
  const length = specs.reduce((sum, { shape }) => sum + 4 * elementCount(shape), 0);
  if (payload.length !== length) {
    return [damaged(path, `got ${payload.length} bytes of weights, expected ${length}`)];
  }
  let start = 0;
  for (const { name, shape } of specs) {
    const end = start + 4 * elementCount(shape);
    weights.set(name, { shape, values: new Float32Array(payload.slice(start, end).buffer) });
    start = end;
  }
  return [];
}

function manifestOf(bytes: Uint8Array, path: string): io.WeightsManifestConfig {
  try {
    const json = JSON.parse(new TextDecoder().decode(bytes)) as Partial<io.ModelJSON> | null;
    const manifest = json?.weightsManifest;
    if (!Array.isArray(manifest)) throw new Error('it has no weightsManifest');
    return manifest;
  } catch (cause) {
    throw new BnfreeError([damaged(path, `no model.json of tfjs: ${(cause as Error).message}`)], { cause });
  }
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function damaged(path: string, message: string): Issue {
  const fix = 'save the model again: await model.save(handler), or tensorflowjs_converter without --quantize';
  return { code: 'WEIGHTS_DAMAGED', path, message, fix };
}
