import type { CompileOptions } from '../model/compileGraph.js';
import { writeModules } from '../model/writeModules.js';
import type { FileCommand } from './commandResult.js';
import { formatCount } from './formatTable.js';

/** Writes the WebAssembly modules of a file beside it. */
export function compileFile(options: CompileOptions): FileCommand {
  return async (file) => {
    const modules = await writeModules(file, options);
    const text = modules.map(({ path, byteLength }) => `${path} ${formatCount(byteLength)} bytes`).join('\n');
    return { data: { modules }, text, isOk: true };
  };
}
