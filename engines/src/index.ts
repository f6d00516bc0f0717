export { findChromium } from './findChromium.js';
export { findNode } from './findNode.js';
