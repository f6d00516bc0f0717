import { throwIfIssues, type Issue } from '@bnfree/integer-kernels';
import type { JsonObject } from './parseIntegerJson.js';
import { list, object } from './readers/composites.js';
import type { ReadContext } from './readers/reader.js';
import { integer, word } from './readers/scalars.js';
import { dtypeBytes, type TensorEntry } from './tensorTable.js';

const offset = integer(0, Number.MAX_SAFE_INTEGER);
const entryReader = object<{
  dtype: 'I32' | 'I8' | 'U8';
  shape: number[];
  data_offsets: number[];
}>({
  dtype: word('I32', 'I8', 'U8'),
  shape: list(offset),
  data_offsets: list(offset, 2),
});

/**
 * Reads the tensor table of a header and proves that it tiles the payload exactly.
 *
 * @throws BnfreeError INVALID_VALUE, MISSING_FIELD, UNKNOWN_FIELD, ARTIFACT_TENSOR_SIZE, ARTIFACT_TENSOR_OVERLAP,
 * ARTIFACT_TENSOR_HOLE, ARTIFACT_TRUNCATED, ARTIFACT_TRAILING_BYTES
 */
export function readTensorTable(header: JsonObject, payloadLength: number): TensorEntry[] {
  const context: ReadContext = { issues: [], tensor: () => undefined };
  const fields = [...header]
    .filter(([name]) => name !== '__metadata__')
    .map(([name, value]) => ({ name, entry: entryReader(value, `header.${name}`, context) }));
  throwIfIssues(context.issues);
  const entries = fields.map(({ name, entry: { dtype, shape, data_offsets: offsets } }): TensorEntry => {
    return { name, dtype, shape, begin: offsets[0], end: offsets[1] };
  });
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  throwIfIssues([...entries.flatMap(sizeIssues), ...tilingIssues(entries, payloadLength)]);
  return entries;
}

function sizeIssues({ name, dtype, shape, begin, end }: TensorEntry): Issue[] {
  // Stops at the first product beyond any file, so that hostile shapes cannot lose precision.
  let byteLength: number = dtypeBytes[dtype];
  for (const length of shape) byteLength = Math.min(byteLength * length, Number.MAX_SAFE_INTEGER);
  if (byteLength === end - begin && begin % dtypeBytes[dtype] === 0) return [];
  const message = `got bytes ${begin} to ${end}, expected ${byteLength} aligned bytes for ${dtype} [${shape.join(', ')}]`;
  return [tableIssue('ARTIFACT_TENSOR_SIZE', `header.${name}`, message)];
}

function tilingIssues(entries: readonly TensorEntry[], payloadLength: number): Issue[] {
  const issues: Issue[] = [];
  let end = 0;
  for (const entry of entries) {
    if (entry.begin !== end) {
      const code = entry.begin < end ? 'ARTIFACT_TENSOR_OVERLAP' : 'ARTIFACT_TENSOR_HOLE';
      issues.push(tableIssue(code, `header.${entry.name}`, `starts at byte ${entry.begin}, expected ${end}`));
    }
    end = Math.max(end, entry.end);
  }
  if (end !== payloadLength) {
    const code = end > payloadLength ? 'ARTIFACT_TRUNCATED' : 'ARTIFACT_TRAILING_BYTES';
    issues.push(
      tableIssue(code, 'payload', `got ${payloadLength} bytes, expected ${end} as the header says`),
    );
  }
  return issues;
}

function tableIssue(code: string, path: string, message: string): Issue {
  return { code, path, message, fix: 'get the file again, or write it with encodeArtifact(graph)' };
}
