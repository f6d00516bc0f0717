import { describe, expect, test } from '@jest/globals';
import { convolutionGeometry } from './convolutionGeometry.js';
import { TrainingKernelError } from './trainingKernelError.js';

describe('convolutionGeometry', () => {
  test('reports NCHW and dilation together, each with a fix', () => {
    const attributes = { strides: 1, pad: 'same', dataFormat: 'NCHW', dilations: [2, 1] } as const;
    const compute = (): unknown =>
      convolutionGeometry(
        'Conv2DBackpropFilter',
        [1, 8, 8, 3],
        [3, 3, 3, 4],
        { ...attributes, dilations: [2, 1] },
        false,
      );
    expect(compute).toThrow(TrainingKernelError);
    expect(compute).toThrow(
      /UNSUPPORTED_DATA_FORMAT at Conv2DBackpropFilter.dataFormat\n.*\n {2}fix: .*\nUNSUPPORTED_DILATION/,
    );
  });

  test('takes one number as padding for a filter that is not square', () => {
    const geometry = convolutionGeometry(
      'Conv2D',
      [1, 8, 8, 3],
      [2, 1, 3, 4],
      { strides: [2, 1], pad: 1 },
      false,
    );
    expect(geometry.outShape).toEqual([1, 5, 10, 4]);
  });

  test('keeps same padding that no stride exceeds', () => {
    const geometry = convolutionGeometry(
      'Conv2D',
      [1, 8, 8, 3],
      [3, 3, 3, 4],
      { strides: 2, pad: 'same' },
      false,
    );
    expect(geometry.padInfo).toMatchObject({ top: 0, bottom: 1, left: 0, right: 1, type: 'SAME' });
  });
});
