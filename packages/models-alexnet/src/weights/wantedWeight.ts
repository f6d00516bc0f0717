import type { LayersModel } from '@tensorflow/tfjs-layers';

/** A tensor that a file must hold, and the variable that it is for. */
export interface WantedWeight {
  /** In the file. */
  readonly name: string;
  /** In the file. */
  readonly shape: readonly number[];
  readonly variable: LayersModel['weights'][number];
  /** Brings its values into the variable's order. */
  readonly convert: (values: Float32Array) => Float32Array;
}
