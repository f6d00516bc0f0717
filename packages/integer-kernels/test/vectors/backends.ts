import { fastTypescriptBackend, typescriptBackend, wasmBackend } from '../../src/index.js';

/** Every backend of the package; a vector must hold on each of them. */
export const backends = [typescriptBackend, fastTypescriptBackend, wasmBackend];
