/** Sources are ES modules; jest 30 runs CommonJS, so swc emits that and the `.js` suffix of relative imports is mapped off. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testTimeout: 20_000,
  // Most tests wait for a server of their own, so two run well side by side on two cores.
  maxWorkers: 2,
  // A test that failed may leave a connection behind; the run must end all the same.
  forceExit: true,
  // The second one says on the last line how many passed and failed.
  reporters: ['default', '<rootDir>/test/support/closingLineReporter.js'],
};
