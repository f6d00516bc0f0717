/**
 * Forces every direct kernel on random ops with `revectorize`, and prints how many ops each ran and what failed.
 *
 * A program of its own, because the option changes the whole process.
 */
import type { OpName } from '../../src/index.js';
import { productKinds } from '../../src/wasm/matrix/product.js';
import { checkCandidate } from '../checkCandidate.js';
import { sampling } from '../sampling.js';

const ops: readonly OpName[] = ['conv2d', 'dense', 'gemm'];
const options = { revectorize: true, threads: 1 } as const;
const results: unknown[] = [];
for (const op of ops) {
  for (const candidate of productKinds) {
    const { seed, scale } = sampling;
    results.push({
      op,
      candidate,
      ...(await checkCandidate({ op, candidate, options, seed, runs: 25 * scale })),
    });
  }
}
process.stdout.write(JSON.stringify(results));
