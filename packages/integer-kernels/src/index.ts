export * from './activation.js';
export * from './backend.js';
export * from './errors.js';
export * from './ops/index.js';
export * from './requantization.js';
export * from './weights.js';
