import type { WeightFormat } from '../weights.js';

/** `W4`, and the code where it is not two's complement. */
export function describeWeights({ bits, code }: Pick<WeightFormat, 'bits' | 'code'>): string {
  return code === 'twosComplement' ? `W${bits}` : `W${bits} ${code}`;
}

/** `3x3`, with the stride and the dilation where they are not 1. */
export function describeWindow(
  kernel: readonly [number, number],
  strides: readonly [number, number],
  dilations: readonly [number, number] = [1, 1],
): string {
  const stride = describePair(strides) === '1' ? '' : `, stride ${describePair(strides)}`;
  const dilation = describePair(dilations) === '1' ? '' : `, dilation ${describePair(dilations)}`;
  return `${kernel[0]}x${kernel[1]}${stride}${dilation}`;
}

function describePair([height, width]: readonly [number, number]): string {
  return height === width ? `${height}` : `${height}x${width}`;
}
