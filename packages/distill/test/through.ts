import type { SymbolicTensor } from '@tensorflow/tfjs-layers';

/** Puts layers on top of one another. */
export function through(
  start: SymbolicTensor,
  ...chain: readonly { apply(x: SymbolicTensor): unknown }[]
): SymbolicTensor {
  return chain.reduce((value, layer) => layer.apply(value) as SymbolicTensor, start);
}
