import { BnfreeError, type Issue, throwIfIssues } from '@bnfree/core';
import { elementCount, type FloatTensor, type NamedWeights } from './namedWeights.js';

/**
 * Reads float32 tensors from a safetensors file; int64 counters, such as PyTorch's `num_batches_tracked`, are passed over.
 *
 * @param path names the file in messages
 * @throws BnfreeError WEIGHTS_DAMAGED for every tensor that does not lie in the file as its shape says
 */
export function readSafetensors(bytes: Uint8Array, path: string): NamedWeights {
  const { header, payload } = readHeader(bytes, path);
  const weights = new Map<string, FloatTensor>();
  const issues: Issue[] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Partial<Entry>;
    const wrong = (message: string): void => {
      issues.push(damaged(`${path} "${name}"`, message));
    };
    if (!isSizes(shape) || !isSizes(offsets) || offsets.length !== 2) {
      wrong('got no shape and offsets');
    } else if (dtype === 'F32') {
      const length = 4 * elementCount(shape);
      if (offsets[1] - offsets[0] !== length || offsets[1] > payload.length) {
        wrong(
          `got bytes ${offsets.join(' to ')} of ${payload.length}, expected ${length} for [${shape.join(', ')}]`,
        );
      } else {
        // A copy, so that the values are aligned; not by slice, which copies nothing of Node's buffers.
        const values = new Float32Array(new Uint8Array(payload.subarray(offsets[0], offsets[1])).buffer);
        weights.set(name, { shape, values });
      }
    } else if (dtype !== 'I64' || shape.length > 0) {
      wrong(`got ${JSON.stringify(dtype)}, expected F32`);
    }
  }
  throwIfIssues(issues);
  return weights;
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly number[];
}

function readHeader(
  bytes: Uint8Array,
  path: string,
): { readonly header: object; readonly payload: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length < 8 ? NaN : Number(view.getBigUint64(0, true));
  if (!(length <= bytes.length - 8)) {
    throw new BnfreeError([damaged(path, `got ${bytes.length} bytes that are no whole safetensors file`)]);
  }
  try {
    const header: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    if (typeof header !== 'object' || header === null) throw new Error('expected an object');
    return { header, payload: bytes.subarray(8 + length) };
  } catch (cause) {
    throw new BnfreeError([damaged(path, `its header is no JSON: ${(cause as Error).message}`)], { cause });
  }
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function damaged(path: string, message: string): Issue {
  return {
    code: 'WEIGHTS_DAMAGED',
    path,
    message,
    fix: 'save it again: safetensors.torch.save_file(model.float().state_dict(), "alexnet.safetensors")',
  };
}
