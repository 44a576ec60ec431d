// A service as the config would describe it, with the defaults filled in, for tests of what comes after the config.

import type { ServiceSpec } from '../../src/core/model/project.ts';

export function serviceSpec(name: string, overrides: Partial<ServiceSpec> = {}): ServiceSpec {
  return {
    name,
    command: { kind: 'shell', line: `run ${name}` },
    cwd: '/project',
    env: {},
    envFiles: [],
    dependsOn: [],
    watch: [],
    before: [],
    after: [],
    restart: {
      when: 'on-failure',
      max: 3,
      backoffMs: 1_000,
      maxBackoffMs: 30_000,
      resetAfterMs: 60_000,
      coolDownMs: 30_000,
    },
    stop: { signal: 'SIGTERM', graceMs: 10_000 },
    onConflict: 'ask',
    tty: true,
    log: { maxSizeBytes: 10 * 1024 * 1024, keep: 5 },
    autostart: true,
    ...overrides,
  };
}

export function portSpec(wanted: number): NonNullable<ServiceSpec['port']> {
  return { wanted, range: { from: wanted, to: wanted + 99 }, host: 'localhost', env: 'PORT' };
}
