/** Reads a file, or what a server has at an address. */
export async function readUrl(url: URL): Promise<Uint8Array> {
  if (url.protocol === 'file:') {
    const { readFile } = process.getBuiltinModule('node:fs/promises');
    return readFile(url);
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(`HTTP status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** An address, or a path against the page or the working folder. */
export function resolveUrl(text: string): URL {
  return URL.canParse(text) ? new URL(text) : new URL(text, workingFolder());
}

/** A path where there is one, for messages. */
export function showUrl(url: URL): string {
  return url.protocol === 'file:' ? decodeURIComponent(url.pathname) : url.href;
}

function workingFolder(): string {
  const page = (globalThis as { location?: { href: string } }).location;
  return page?.href ?? `file://${process.cwd()}/`;
}
