import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/**
 * Three projects: `unit` touches no process and no network, `integration` starts real child processes and
 * files, `e2e` runs the product as its users do.
 */
export default defineConfig({
  test: {
    // Most of the integration tests wait for other processes: one worker would leave a small machine idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: 'unit',
          include: ['tests/{bot,core,remote,architecture}/**/*.test.ts'],
          // No test changes what another one sees, so that the sources need to be loaded only once by each worker.
          isolate: false,
          // A property on a busy machine takes its time; nothing here waits for a clock.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['tests/{integration,contracts,faults}/**/*.test.ts'],
          globalSetup: 'tests/support/build.ts',
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          globalSetup: 'tests/support/build.ts',
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['src/core/**', 'src/remote/**'],
      // Runs in a process of its own, where this cannot look: tests/integration/media drives all of it.
      exclude: ['src/core/media/tool/**'],
      thresholds: { lines: 90 },
    },
  },
});
