import { defineConfig } from 'vitest/config';

// Also handed to Node as flags, where `import` or `module` would make a CommonJS dependency require an ES module.
const conditions = ['@mbrl/source', 'node'];

/**
 * Configuration of every package's tests. They run on the sources: the `@mbrl/source` condition resolves sibling
 * packages to their `src`. Under turbo the results are also written as JSON, which `npm test` sums up.
 */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 30_000,
    maxWorkers: 2,
    reporters: process.env['TURBO_HASH'] === undefined ? ['default'] : ['default', ['json', { outputFile: '.vitest/results.json' }]],
  },
});
