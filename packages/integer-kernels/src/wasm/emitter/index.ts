export * from './address.js';
export * from './constants.js';
export * from './functionBuilder.js';
export * from './moduleBuilder.js';
export * from './value.js';
