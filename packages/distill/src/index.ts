export * from './checkpoint/checkpointStore.js';
export * from './data/imagePool.js';
export * from './events.js';
export * from './plan/studentPlan.js';
export * from './teacher/teacher.js';
