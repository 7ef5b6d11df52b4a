/** Tests: `npm test` runs the project "main", `npm run test:long` the project "long" (tests/long/**), `npm run test:live` the publishers themselves (never in CI). */
import { defineConfig } from 'vitest/config';
import type { InlineConfig } from 'vitest/node';

// A zone with half hours and odd history: nobody may rely on the machine's zone.
const TZ = 'America/St_Johns';
process.env['TZ'] = TZ;

const common = {
  environment: 'node',
  pool: 'forks',
  env: { TZ },
  globalSetup: ['tests/support/servers.ts'],
  testTimeout: 60_000,
  hookTimeout: 120_000,
  // Files side by side on both cores of the smallest machine; more would only fight over them.
  maxWorkers: 2,
} satisfies InlineConfig;

export default defineConfig({
  test: {
    passWithNoTests: false,
    projects: [
      { test: { ...common, name: 'main', include: ['tests/**/*.test.ts'], exclude: ['tests/long/**'] } },
      {
        test: {
          ...common,
          name: 'long',
          include: ['tests/long/**/*.test.ts'],
          testTimeout: 15 * 60_000,
          hookTimeout: 5 * 60_000,
        },
      },
      {
        test: {
          environment: 'node',
          pool: 'forks',
          env: { TZ },
          name: 'live',
          include: ['tests/live/*.live.ts'],
          testTimeout: 300_000,
        },
      },
    ],
  },
});
