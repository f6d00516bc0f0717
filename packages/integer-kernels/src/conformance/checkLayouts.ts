import {
  type Issue,
  type KernelBackend,
  type LayoutRequest,
  type Op,
  type TensorShape,
  elementRange,
  showValue,
} from '@bnfree/integer-kernels';

/** Checks what `layout` and `modules` answer for an op. */
export function checkLayouts(backend: KernelBackend, op: Op, path: string): Issue[] {
  const { inputs, output, constantBytes, scratchBytes } = backend.layout(op);
  const issues: Issue[] = [];
  const expect = (isFine: boolean, field: string, got: unknown, expected: string): void => {
    if (isFine) return;
    issues.push({
      code: 'CONFORMANCE_LAYOUT',
      path: `${path}, ${field}`,
      message: `got ${showValue(got)}, expected ${expected}`,
      fix: 'return what OperandLayouts describes from layout(op), and WebAssembly modules from modules(op)',
    });
  };
  const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
  const checkRequest = (request: LayoutRequest, tensor: TensorShape, field: string): void => {
    const { channelMultiple, halo, haloValue, tailBytes } = request;
    const { min, max } = elementRange[tensor.type];
    const isStored =
      haloValue === null || (Number.isInteger(haloValue) && haloValue >= min && haloValue <= max);
    expect(
      isCount(channelMultiple - 1),
      `${field}.channelMultiple`,
      channelMultiple,
      'a whole number of 1 or more',
    );
    for (const side of ['top', 'bottom', 'left', 'right'] as const) {
      expect(isCount(halo[side]), `${field}.halo.${side}`, halo[side], 'a whole number of pixels');
    }
    expect(isStored, `${field}.haloValue`, haloValue, `null, or a value of ${tensor.type}`);
    expect(isCount(tailBytes), `${field}.tailBytes`, tailBytes, 'a whole number of bytes');
  };
  expect(inputs.length === op.inputs.length, 'layout.inputs', inputs.length, `${op.inputs.length} requests`);
  op.inputs.forEach((tensor, i) => {
    if (i < inputs.length) checkRequest(inputs[i], tensor, `layout.inputs[${i}]`);
  });
  checkRequest(output, op.output, 'layout.output');
  expect(isCount(constantBytes), 'layout.constantBytes', constantBytes, 'a whole number of bytes');
  expect(isCount(scratchBytes), 'layout.scratchBytes', scratchBytes, 'a whole number of bytes');
  backend.modules(op).forEach((bytes, i) => {
    const isModule = [0, 0x61, 0x73, 0x6d].every((byte, position) => bytes[position] === byte);
    expect(isModule, `modules[${i}]`, bytes.slice(0, 4).join(' '), 'the bytes of a WebAssembly module');
  });
  return issues;
}
