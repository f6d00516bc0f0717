import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts'],
  format: ['esm', 'cjs'],
  dts: { compilerOptions: { composite: false, incremental: false, ignoreDeprecations: '6.0' } },
  sourcemap: true,
  clean: true,
  target: 'es2022',
  tsconfig: 'tsconfig.json',
  // Gives the CommonJS build an import.meta.url: tfjs's threaded program is found from there.
  shims: true,
  // Node cannot load the files inside tfjs-core; registerGradients needs them, so they become part of the build.
  noExternal: [/tfjs-core\/dist\//],
});
