import { BnfreeError, type Issue, throwIfIssues } from '@bnfree/core';
import { canonicalJson } from './canonicalJson.js';
import type { CheckpointStore } from './checkpointStore.js';

const fileName = 'run.json';
const format = 'bnfree-run-1';

/**
 * Ties a checkpoint store to one run: the first writes `run.json`, later ones must agree with it.
 *
 * @param fingerprint everything that the run's result depends on, by name: teacher, plan, data, seed, passes
 * @returns `new` when the store was empty, `same` when this run is to go on
 * @throws BnfreeError CHECKPOINT_OF_ANOTHER_RUN with one issue per differing key, CHECKPOINT_DAMAGED
 */
export async function checkFingerprint(
  store: CheckpointStore,
  fingerprint: Readonly<Record<string, string>>,
): Promise<'new' | 'same'> {
  const bytes = await store.read(fileName);
  if (bytes === undefined) {
    await store.write(fileName, new TextEncoder().encode(`${canonicalJson({ format, fingerprint })}\n`));
    return 'new';
  }
  const stored = parseRun(bytes, `${store.location}/${fileName}`);
  const keys = [...new Set([...Object.keys(stored), ...Object.keys(fingerprint)])].sort();
  throwIfIssues(
    keys
      .filter((key) => ownValue(stored, key) !== ownValue(fingerprint, key))
      .map((key): Issue => {
        const [got, expected] = excerpts(ownValue(fingerprint, key), ownValue(stored, key));
        return {
          code: 'CHECKPOINT_OF_ANOTHER_RUN',
          path: `checkpoint ${JSON.stringify(store.location)} ${key}`,
          message: `got ${got}, expected ${expected} as in the run that wrote this checkpoint`,
          fix: `checkpoint: './another-folder', or delete ${JSON.stringify(store.location)} to start anew`,
        };
      }),
  );
  return 'same';
}

function parseRun(bytes: Uint8Array, path: string): Readonly<Record<string, string>> {
  try {
    const run: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (isRecord(run) && run['format'] === format && isTextRecord(run['fingerprint'])) {
      return run['fingerprint'];
    }
  } catch {
    // Not JSON: reported below, like JSON of another kind.
  }
  throw new BnfreeError([
    {
      code: 'CHECKPOINT_DAMAGED',
      path: `checkpoint ${JSON.stringify(path)}`,
      message: `got ${bytes.length} bytes that are not the description of a run, expected format ${format}`,
      fix: "checkpoint: './another-folder', or delete the folder to start anew",
    },
  ]);
}

/** Both values, of long ones the part where they begin to differ. */
function excerpts(got = 'nothing', expected = 'nothing'): [string, string] {
  let same = 0;
  while (same < got.length && got[same] === expected[same]) same++;
  const start = Math.max(0, same - 40);
  const cut = (text: string) =>
    text.length <= 100 ? text : `${start > 0 ? '...' : ''}${text.slice(start, start + 80)}...`;
  return [cut(got), cut(expected)];
}

/** Own fields only: a key may be called `constructor`. */
function ownValue(record: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextRecord(value: unknown): value is Record<string, string> {
  return isRecord(value) && Object.values(value).every((field) => typeof field === 'string');
}
