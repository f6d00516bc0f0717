import * as tf from '@tensorflow/tfjs-core';
import type { Issue } from '@bnfree/core';

const needed = ['Conv2D', 'Conv2DBackpropFilter', 'Conv2DBackpropInput', 'BatchMatMul', 'MaxPoolGrad'];

/** What the current tfjs backend lacks for training; empty when it can train. */
export function trainingKernelIssues(): Issue[] {
  const backend = tf.getBackend();
  if (backend === '') {
    return [
      {
        code: 'NO_TFJS_BACKEND',
        path: 'tf.getBackend()',
        message: 'got no tfjs backend, expected one that is ready',
        fix: "import '@tensorflow/tfjs-backend-wasm'; await tf.setBackend('wasm');",
      },
    ];
  }
  const issues: Issue[] = [];
  const missing = needed.filter(
    (kernel) => (tf.getKernel(kernel, backend) as tf.KernelConfig | undefined) === undefined,
  );
  if (missing.length > 0) {
    issues.push({
      code: 'TRAINING_KERNEL_MISSING',
      path: `tfjs backend "${backend}"`,
      message: `it has no ${missing.join(', ')}, which training convolutions needs`,
      fix: "import { installTrainingKernels } from '@bnfree/tfjs-wasm-training'; installTrainingKernels();",
    });
  }
  if ((tf.getGradient('Conv2D') as tf.GradConfig | undefined) === undefined) {
    issues.push({
      code: 'GRADIENTS_MISSING',
      path: '@tensorflow/tfjs-core',
      message: 'no gradients are registered: tfjs-core alone has none in Node',
      fix: "import '@tensorflow/tfjs-layers';",
    });
  }
  return issues;
}
