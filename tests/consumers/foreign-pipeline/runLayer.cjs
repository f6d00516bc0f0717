const assert = require('node:assert/strict');
const { expectedOutput, quantizeLayer } = require('./quantizeLayer.cjs');

/** Runs the foreign layer on every backend of the kernels that it is given. */
exports.runLayer = async (
  { packWeights, runOp, fastTypescriptBackend, typescriptBackend, wasmBackend },
  { checkBackend },
) => {
  const layer = quantizeLayer();
  const op = {
    op: 'dense',
    inputs: [{ shape: [2, 4], type: 'int8', zeroPoint: 0, quantMin: -128, quantMax: 127 }],
    output: { shape: [2, 3], type: 'int8', zeroPoint: 0, quantMin: 0, quantMax: 127 },
    weights: packWeights(layer.weights.flat(), [3, 4], { bits: 4, code: 'twosComplement', zeroPoint: 0 }),
    requantization: { kind: 'shift', rounding: 'halfUp', shifts: Int32Array.of(3) },
  };
  for (const backend of [typescriptBackend(), fastTypescriptBackend(), wasmBackend()]) {
    const output = await runOp(backend, op, [Int8Array.from(layer.input)]);
    assert.deepEqual([...output], expectedOutput(layer), backend.name);
    assert.deepEqual(await checkBackend(backend, { ops: ['dense', 'add'], runs: 4 }), [], backend.name);
    await backend.dispose();
    console.log(`${backend.name}: ${[...output].join(' ')}`);
  }
};
