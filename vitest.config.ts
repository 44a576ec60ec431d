import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// Tests with real servers mostly wait: two at a time are twice as fast, and more would make each other late.
const twoAtATime = { maxWorkers: 2, sequence: { groupOrder: 1 } };

export default defineConfig({
  define: { DEVDECK_VERSION: JSON.stringify('0.0.0-test') },
  test: {
    // A second, vitest's own, is less than a busy machine takes to start a process.
    expect: { poll: { timeout: 10_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/{containers,e2e,faults}/**'],
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 60_000,
          ...twoAtATime,
        },
      },
      {
        extends: true,
        test: {
          // The same on ps and lsof, as where there is no /proc. `DEVDECK_PLATFORM=portable` does it for any other file.
          name: 'portable',
          include: ['test/e2e/{crash,hang-up,life,reuse,undeclared-port}.test.ts'],
          env: { DEVDECK_PLATFORM: 'portable' },
          testTimeout: 60_000,
          ...twoAtATime,
        },
      },
      {
        extends: true,
        test: {
          // One engine serves all; without one they say "not run" and why.
          name: 'containers',
          include: ['test/containers/**/*.test.ts'],
          testTimeout: 60_000,
          ...twoAtATime,
        },
      },
      {
        extends: true,
        test: {
          // The same on Podman, as scripts/container-engine.sh starts it. `DOCKER_HOST` does it for any other file.
          name: 'podman',
          include: ['test/containers/{conflict,life}.test.ts'],
          env: { DOCKER_HOST: `unix://${join(tmpdir(), 'devdeck-container-engine/podman.sock')}` },
          testTimeout: 60_000,
          ...twoAtATime,
        },
      },
      {
        extends: true,
        test: { name: 'faults', include: ['test/faults/**/*.test.ts'], ...twoAtATime },
      },
    ],
  },
});
