/** Folder of this package, as a URL that ends with a slash. */
// This file lies directly in src/ and is bundled directly into dist/, so one step up is the package in both.
export const packageRoot = new URL('../', import.meta.url);
