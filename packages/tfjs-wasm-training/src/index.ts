export { installTrainingKernels } from './installTrainingKernels.js';
export { registerGradients } from './registerGradients.js';
export { startThreadedBackend, type ThreadedBackend } from './startThreadedBackend.js';
export type { TrainingKernel } from './trainingKernel.js';
export { TrainingKernelError } from './trainingKernelError.js';
export type { TrainingKernelErrorCode, TrainingKernelIssue } from './trainingKernelError.js';
export { trainingKernels } from './trainingKernels.js';
