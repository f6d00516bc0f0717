import type { FloatTensor } from '../src/weights/namedWeights.js';

/** Place, outputs and inputs of the CIFAR net's 3 x 3 convolutions in `features`. */
const convolutions = [
  [0, 32, 3],
  [3, 96, 32],
  [6, 128, 96],
  [8, 128, 128],
  [10, 96, 128],
] as const;

export interface StateDictOptions {
  /** Side of the images: a multiple of 8, which three pools halve. */
  readonly imageSize: number;
  readonly classes: number;
  /** The tensor of a name. `inputs` are the products of each of its sums; none for a bias. */
  readonly tensor: (name: string, shape: readonly number[], inputs: number | null) => FloatTensor;
}

/** The state dict of the CIFAR net without normalization, under the names of torchvision's AlexNet. */
export function torchvisionStateDict({
  imageSize,
  classes,
  tensor,
}: StateDictOptions): Record<string, FloatTensor> {
  const dense = [
    [1, 512, 96 * (imageSize / 8) ** 2],
    [4, 512, 512],
    [6, classes, 512],
  ] as const;
  const of = (name: string, outputs: number, rest: readonly number[]): [string, FloatTensor][] => [
    [
      `${name}.weight`,
      tensor(
        `${name}.weight`,
        [outputs, ...rest],
        rest.reduce((a, b) => a * b),
      ),
    ],
    [`${name}.bias`, tensor(`${name}.bias`, [outputs], null)],
  ];
  return Object.fromEntries([
    ...convolutions.flatMap(([place, outputs, inputs]) => of(`features.${place}`, outputs, [inputs, 3, 3])),
    ...dense.flatMap(([place, outputs, inputs]) => of(`classifier.${place}`, outputs, [inputs])),
  ]);
}
