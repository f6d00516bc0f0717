/**
 * Makes a folder and those above it. Node only.
 *
 * Stands in for `mkdir` with `recursive`, which on Node 20 never returns where /proc refuses a folder.
 * A folder that is there is left alone. Rejects with the file system's error.
 */
export async function makeFolder(path: string): Promise<void> {
  const nodePath = process.getBuiltinModule('node:path');
  const refusal = await makeOneFolder(path);
  if (refusal === undefined) return;
  const whole = nodePath.resolve(path);
  const above = nodePath.dirname(whole);
  if (refusal.code !== 'ENOENT' || above === whole) throw refusal;
  await makeFolder(above);
  const lastRefusal = await makeOneFolder(path);
  if (lastRefusal !== undefined) throw lastRefusal;
}

/** Makes one folder; returns the error where there is none afterwards. */
async function makeOneFolder(path: string): Promise<NodeJS.ErrnoException | undefined> {
  const { mkdir, stat } = process.getBuiltinModule('node:fs/promises');
  try {
    await mkdir(path);
  } catch (error) {
    // Not by its code: systems differ in what they say of a folder that is there.
    const isThere = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (!isThere) return error as NodeJS.ErrnoException;
  }
  return undefined;
}
