// What an app needs that only runs the integer model: no tfjs, no file system.
export * from './app/cifar10Classes.js';
export * from './app/cifar10Input.js';
export * from './app/toPixels.js';
