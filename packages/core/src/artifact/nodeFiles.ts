/** Node's file functions, asked for when they are used: no bundler for browsers has to know of them. */
export function nodeFiles(): typeof import('node:fs/promises') {
  return process.getBuiltinModule('node:fs/promises');
}
