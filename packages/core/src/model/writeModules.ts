import { decodeArtifact } from '../artifact/decodeArtifact.js';
import { modulePaths } from '../artifact/modulePaths.js';
import { nodeFiles } from '../artifact/nodeFiles.js';
import { writeWholeFile } from '../artifact/writeWholeFile.js';
import { compileGraph, type CompileOptions } from './compileGraph.js';
import { readSource } from './readSource.js';

/** A module file that was written. */
export interface WrittenModule {
  readonly path: string;
  readonly byteLength: number;
}

/**
 * Writes the WebAssembly modules of an artifact beside it: `model.wasm`, and `model.relaxed.wasm` where some layer has such a kernel.
 *
 * Node only. Each file is written completely or not at all; one of an earlier call that is no longer needed is removed.
 * @throws BnfreeError SOURCE_*, ARTIFACT_*, FILE_UNWRITABLE, MEMORY_LIMIT, UNKNOWN_OPTION, INVALID_OPTION
 */
export async function writeModules(path: string, options: CompileOptions = {}): Promise<WrittenModule[]> {
  const { base, relaxed } = compileGraph(decodeArtifact(await readSource(path)), options);
  const paths = modulePaths(path);
  await writeWholeFile(paths.base, base);
  const written = [{ path: paths.base, byteLength: base.length }];
  if (relaxed === undefined) {
    const { rm } = nodeFiles();
    await rm(paths.relaxed, { force: true });
    return written;
  }
  await writeWholeFile(paths.relaxed, relaxed);
  return [...written, { path: paths.relaxed, byteLength: relaxed.length }];
}
