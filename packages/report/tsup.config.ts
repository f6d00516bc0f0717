import { defineConfig } from 'tsup';

const shared = { target: 'es2022', tsconfig: 'tsconfig.json', sourcemap: true };

export default defineConfig([
  {
    ...shared,
    entry: { index: 'src/index.ts', cli: 'src/cli.ts' },
    format: ['esm'],
    splitting: true,
    dts: false,
    clean: true,
  },
  {
    ...shared,
    entry: ['src/index.ts'],
    format: ['cjs'],
    // Plot is an ES module only: it becomes part of the CommonJS build.
    noExternal: ['@observablehq/plot', /^d3/, 'interval-tree-1d', 'isoformat', 'linkedom'],
  },
  {
    ...shared,
    entry: ['src/index.ts'],
    format: ['esm', 'cjs'],
    dts: { only: true, compilerOptions: { composite: false, incremental: false, ignoreDeprecations: '6.0' } },
  },
]);
