import { BnfreeError } from '@bnfree/integer-kernels';
import { nodeFiles } from '../artifact/nodeFiles.js';

/** Where an artifact comes from: a path, a URL, or the bytes themselves. */
export type ModelSource = string | URL | ArrayBuffer | Uint8Array | Blob;

/**
 * Reads all bytes of an artifact.
 *
 * A string is a URL where it has a scheme; else a path in Node, and relative to the page in a browser.
 * @throws BnfreeError SOURCE_UNREADABLE, SOURCE_TYPE
 */
export async function readSource(source: ModelSource): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (isArrayBuffer(source)) return new Uint8Array(source);
  if (typeof Blob !== 'undefined' && source instanceof Blob) {
    return new Uint8Array(await source.arrayBuffer());
  }
  const isUrl = source instanceof URL;
  if (typeof source !== 'string' && !isUrl)
    throw sourceIssue('SOURCE_TYPE', source, `it is ${typeof source}`);
  try {
    return isFile(source) ? await readFile(source) : await fetchBytes(source);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw sourceIssue('SOURCE_UNREADABLE', source, reason, cause);
  }
}

// Buffers of another realm (a worker, a test sandbox) are no instances of this realm's ArrayBuffer.
function isArrayBuffer(source: unknown): source is ArrayBuffer {
  return Object.prototype.toString.call(source) === '[object ArrayBuffer]';
}

// Some bundlers give pages an object called process; only Node's says that it is one.
const isNode =
  typeof process !== 'undefined' && Object.prototype.toString.call(process) === '[object process]';

function isFile(source: string | URL): boolean {
  if (source instanceof URL) return source.protocol === 'file:';
  const hasScheme = /^[a-z][a-z0-9+.-]+:/i.test(source);
  return hasScheme ? source.startsWith('file:') : isNode;
}

async function readFile(source: string | URL): Promise<Uint8Array> {
  const { readFile } = nodeFiles();
  const isFileUrl = typeof source === 'string' && source.startsWith('file:');
  return readFile(isFileUrl ? new URL(source) : source);
}

async function fetchBytes(source: string | URL): Promise<Uint8Array> {
  const response = await fetch(source);
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

function sourceIssue(code: string, source: unknown, reason: string, cause?: unknown): BnfreeError {
  const issue = {
    code,
    path: 'source',
    message: `cannot read ${String(source)}: ${reason}`,
    fix: 'give the path of a .bnfree file, a URL, an ArrayBuffer, a Uint8Array or a Blob',
  };
  return new BnfreeError([issue], { cause });
}
