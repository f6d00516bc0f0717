import { expect } from '@jest/globals';
import type { KernelBackend } from '../../src/index.js';
import { runOp } from '../../src/index.js';
import type { VectorCase } from './vectorCase.js';

/** Expects the very values of another project, in the layout that the backend asks for and in the dense one. */
export async function expectVector(
  backend: KernelBackend,
  { name, op, inputs, expected }: VectorCase,
): Promise<void> {
  for (const layouts of ['requested', 'dense'] as const) {
    const output = await runOp(backend, op, inputs, { layouts });
    expect({ name, layouts, output }).toEqual({ name, layouts, output: expected });
  }
}
