export * from './app.js';
export * from './cifar10/imageDataset.js';
export { type Cifar10Split } from './cifar10/cifar10Layout.js';
export { type Cifar10Options, loadCifar10 } from './cifar10/loadCifar10.js';
export { subset } from './cifar10/subset.js';
export { evaluateTeacherTop1 } from './evaluation/evaluateTeacherTop1.js';
export { evaluateTop1 } from './evaluation/evaluateTop1.js';
export type { EvaluationOptions, Top1 } from './evaluation/top1.js';
export { loadTeacher, type TeacherOptions } from './teacher/loadTeacher.js';
export { type TeacherDigests, teacherDigests } from './teacher/teacherDigests.js';
export { distillAlexnet, type DistillAlexnetOptions } from './distillAlexnet.js';
export { alexnet, type AlexnetOptions } from './model/alexnet.js';
export {
  alexnetShapes,
  type AlexnetShape,
  type AlexnetVariant,
  type ConvolutionShape,
} from './model/alexnetShapes.js';
export {
  type PixelStatistics,
  type PixelTransform,
  pixelTransform,
  torchvisionPixels,
} from './model/pixelStatistics.js';
export { loadWeights, type WeightSource } from './weights/loadWeights.js';
