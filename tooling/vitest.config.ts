import { defineConfig } from 'vitest/config';

/** Tests run on the sources: the `@mbrl/source` condition resolves sibling packages to their `src`. */
export default defineConfig({
  resolve: { conditions: ['@mbrl/source', 'node', 'import', 'module', 'default'] },
  ssr: { resolve: { conditions: ['@mbrl/source', 'node', 'import', 'module', 'default'] } },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 30_000,
    maxWorkers: 2,
  },
});
