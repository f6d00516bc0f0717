import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const packageFolder = join(__dirname, '..');
const modules = join(packageFolder, 'node_modules');
// Below the package's own node_modules, so that the build finds the peer dependencies.
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(modules, '.build-'));
  const tsup = createRequire(__filename).resolve('tsup/package.json');
  const command = [join(dirname(tsup), 'dist/cli-default.js'), '--no-dts', '--silent', '--out-dir', folder];
  execFileSync(process.execPath, command, { cwd: packageFolder });
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const body = `
  const undo = installTrainingKernels();
  const before = tf.getGradient('Sum') !== undefined;
  await registerGradients();
  await tf.setBackend('wasm');
  const convolve = (x, filter) => tf.conv2d(x, filter, 1, 'valid');
  const [, gradient] = tf.grads(convolve)([tf.ones([1, 3, 3, 1]), tf.ones([2, 2, 1, 1])]);
  undo();
  console.log(JSON.stringify([before, ...gradient.dataSync()]));
`;

test.each([
  [
    'an ES module',
    'use.mjs',
    `import * as tf from '@tensorflow/tfjs-core';
     import '@tensorflow/tfjs-backend-wasm';
     import { installTrainingKernels, registerGradients } from './index.js';
     ${body}`,
  ],
  [
    'a CommonJS module',
    'use.cjs',
    `const tf = require('@tensorflow/tfjs-core');
     require('@tensorflow/tfjs-backend-wasm');
     const { installTrainingKernels, registerGradients } = require('./index.cjs');
     (async () => {${body}})();`,
  ],
])(
  'the build, as %s, trains in plain Node with tfjs-core and tfjs-backend-wasm alone',
  (_title, name, source) => {
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, name), source);
    const output = execFileSync(process.execPath, [join(folder, name)], { encoding: 'utf8' });
    expect(JSON.parse(output)).toEqual([false, 4, 4, 4, 4]);
  },
);
