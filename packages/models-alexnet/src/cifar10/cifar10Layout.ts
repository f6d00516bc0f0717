/** Images in each file of the package: one a row. */
export const imagesPerFile = 10_000;

/** Files of each split, as the package names them; the labels' spelling is the package's. */
export const cifar10Splits = {
  train: {
    count: 50_000,
    images: [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.png`),
    labels: 'train_lables.json',
  },
  test: { count: 10_000, images: ['test_batch.png'], labels: 'test_lables.json' },
} as const;

/** Training or test images. */
export type Cifar10Split = keyof typeof cifar10Splits;
