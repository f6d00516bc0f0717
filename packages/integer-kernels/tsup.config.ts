import { defineConfig } from 'tsup';

const shared = { target: 'es2022', tsconfig: 'tsconfig.json' };

export default defineConfig([
  {
    ...shared,
    entry: { index: 'src/index.ts', conformance: 'src/conformance/index.ts' },
    // The conformance suite uses what is published, so that both entry points share one copy of it.
    external: ['@bnfree/integer-kernels'],
    format: ['esm', 'cjs'],
    dts: { compilerOptions: { composite: false, incremental: false, ignoreDeprecations: '6.0' } },
    sourcemap: true,
  },
  {
    ...shared,
    // A whole program, which pages serve to their workers.
    entry: ['src/worker.ts'],
    format: ['iife'],
    outExtension: () => ({ js: '.js' }),
    minify: true,
  },
]);
