/** Names of the ten CIFAR-10 classes, in label order. */
export const cifar10Classes = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
] as const;

/** One of the ten class names. */
export type Cifar10Class = (typeof cifar10Classes)[number];
