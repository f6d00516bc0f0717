import { defineConfig } from 'tsup';

const shared = { target: 'es2022', tsconfig: 'tsconfig.json', sourcemap: true };

export default defineConfig([
  {
    ...shared,
    // The command shares its code with the library through chunks; it exists as an ES module only.
    entry: { index: 'src/index.ts', cli: 'src/cli/main.ts' },
    format: ['esm'],
    splitting: true,
    dts: false,
  },
  {
    ...shared,
    entry: ['src/index.ts'],
    format: ['cjs'],
  },
  {
    ...shared,
    entry: ['src/index.ts'],
    format: ['esm', 'cjs'],
    dts: { only: true, compilerOptions: { composite: false, incremental: false, ignoreDeprecations: '6.0' } },
  },
]);
