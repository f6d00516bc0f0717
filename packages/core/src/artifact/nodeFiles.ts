/** Node's file functions, loaded when they are used: a browser never asks for them. */
export function nodeFiles(): Promise<typeof import('node:fs/promises')> {
  // The name stands in a variable so that bundlers for browsers do not follow it.
  const name = 'node:fs/promises';
  return import(/* @vite-ignore */ /* webpackIgnore: true */ name) as Promise<
    typeof import('node:fs/promises')
  >;
}
