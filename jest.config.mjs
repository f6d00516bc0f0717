// Plot and what stands in for the browser's document are ES modules alone; jest runs CommonJS.
const esModules =
  '@observablehq|d3|internmap|delaunator|robust-predicates|isoformat|css|dom|entities|nth-check|boolbase';

export default {
  testEnvironment: 'node',
  testEnvironmentOptions: {
    // tfjs keeps its engine on the global object; jest's access warnings recurse over it without end.
    globalsCleanup: 'off',
    customExportConditions: ['@bnfree/source', 'node', 'node-addons'],
  },
  roots: [
    '<rootDir>/packages',
    '<rootDir>/tests',
    '<rootDir>/examples',
    '<rootDir>/benchmarks',
    '<rootDir>/conformance',
    '<rootDir>/engines',
  ],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
  transform: {
    '^.+\\.[mc]?[jt]s$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: [`/node_modules/\\.pnpm/(?!(${esModules}))`],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  // Tests run in a vm context, where a look-up of Math in an inner loop costs more than what the loop does.
  sandboxInjectedGlobals: ['Math'],
  testTimeout: 60000,
};
