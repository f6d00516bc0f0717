export { type OpCase, drawOpCase } from './cases/drawOpCase.js';
export type { Size } from './cases/drawSize.js';
export { type CheckBackendOptions, checkBackend } from './checkBackend.js';
export { type ConformanceCaseOptions, conformanceCase } from './conformanceCase.js';
export { type Draw, drawFrom } from './draw.js';
export { type GuardedResult, guardedRun } from './guardedRun.js';
export { type LayoutChoice, layoutChoices } from './layoutChoice.js';
