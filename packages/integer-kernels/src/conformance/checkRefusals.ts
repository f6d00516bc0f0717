import {
  BnfreeError,
  type Issue,
  type KernelBackend,
  type Op,
  type OperandViews,
  placeOperands,
} from '@bnfree/integer-kernels';
import { showError } from './checkOutput.js';

/** Checks that `prepare` refuses memory that an op must not touch. */
export async function checkRefusals(backend: KernelBackend, op: Op, path: string): Promise<Issue[]> {
  const places = placeOperands(backend, op);
  const { inputs, output, constantsOffset, scratchOffset, byteLength } = places;
  const { constantBytes, scratchBytes } = backend.layout(op);
  const whole: OperandViews = { ...places, arena: await backend.allocate(byteLength) };
  const wrong: [string, OperandViews][] = [
    ['an output behind the arena', { ...whole, output: { ...output, byteOffset: byteLength } }],
    ['an input before the arena', { ...whole, inputs: inputs.map((view) => ({ ...view, byteOffset: -16 })) }],
    ['an output that is not aligned', { ...whole, output: { ...output, byteOffset: output.byteOffset + 1 } }],
    ['an output on top of an input', { ...whole, output: { ...output, byteOffset: inputs[0].byteOffset } }],
    ['a missing input', { ...whole, inputs: inputs.slice(1) }],
  ];
  if (constantBytes > 0) {
    wrong.push(['constants behind the arena', { ...whole, constantsOffset: byteLength }]);
    wrong.push(['constants that are not aligned', { ...whole, constantsOffset: constantsOffset + 1 }]);
  }
  if (scratchBytes > 0) {
    wrong.push(['scratch behind the arena', { ...whole, scratchOffset: byteLength }]);
    wrong.push(['scratch that is not aligned', { ...whole, scratchOffset: scratchOffset + 1 }]);
  }
  const issues: Issue[] = [];
  for (const [what, views] of wrong) {
    const got = await refusalOf(backend, op, views);
    if (got === 'VIEW_OUT_OF_BOUNDS') continue;
    issues.push({
      code: 'CONFORMANCE_REFUSAL',
      path: `${path}, ${what}`,
      message: `got ${got}, expected prepare to reject with VIEW_OUT_OF_BOUNDS`,
      fix: 'throwIfIssues([...checkViews(op, views), ...checkReserved(layout, views)]) in prepare',
    });
  }
  return issues;
}

/** The code of the error of `prepare`, or what came instead. */
async function refusalOf(backend: KernelBackend, op: Op, views: OperandViews): Promise<string> {
  try {
    await backend.prepare(op, views);
    return 'a kernel';
  } catch (error) {
    return error instanceof BnfreeError ? error.code : showError(error);
  }
}
