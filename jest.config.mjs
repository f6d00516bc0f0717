export default {
  testEnvironment: 'node',
  testEnvironmentOptions: {
    // tfjs keeps its engine on the global object; jest's access warnings recurse over it without end.
    globalsCleanup: 'off',
    customExportConditions: ['@bnfree/source', 'node', 'node-addons'],
  },
  roots: ['<rootDir>/packages', '<rootDir>/tests', '<rootDir>/examples', '<rootDir>/benchmarks'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
  transform: {
    '^.+\\.[mc]?ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testTimeout: 60000,
};
