const assert = require('node:assert/strict');

/** Runs a layer that is large enough for two threads; leaves the backend as it is: the process must end all the same. */
exports.runThreads = async ({ packWeights, runOp, typescriptBackend, wasmBackend }) => {
  const int8 = { type: 'int8', zeroPoint: 0, quantMin: -128, quantMax: 127 };
  const weights = Array.from({ length: 200 * 200 }, (_, index) => ((index * 31) % 255) - 127);
  const op = {
    op: 'dense',
    inputs: [{ ...int8, shape: [100, 200] }],
    output: { ...int8, shape: [100, 200] },
    weights: packWeights(weights, [200, 200], { bits: 8, code: 'twosComplement', zeroPoint: 0 }),
    requantization: { kind: 'shift', rounding: 'halfUp', shifts: Int32Array.of(11) },
  };
  const input = Int8Array.from({ length: 100 * 200 }, (_, index) => ((index * 17) % 256) - 128);
  const backend = wasmBackend({ threads: 2 });
  const output = await runOp(backend, op, [input]);
  assert.deepEqual(output, await runOp(typescriptBackend(), op, [input]));
  console.log(`${backend.capabilities.threads} threads, ${output.length} values`);
};
