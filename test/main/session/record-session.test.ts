import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Project } from '../../../src/core/model/project.ts';
import { Masker } from '../../../src/core/secrets/masker.ts';
import { createRecorder } from '../../../src/main/session/record-session.ts';
import { serviceSpec } from '../../helpers/service-spec.ts';
import { tempDir } from '../../system/temp-dir.ts';

const project: Project = {
  name: 'shop',
  root: '/shop',
  configFile: '/shop/.project.config',
  services: [serviceSpec('api', { env: { MODE: 'plain-value' } })],
  onHangup: 'stop',
  reload: 'ask',
  profiles: {},
  checks: [],
  secrets: [],
};

const session = { project, masker: new Masker(), clock: { nowMs: () => 0, wallMs: () => 0 } };

it('DEVDECK_RECORD records to a private file, and is not passed to the services', () => {
  const file = join(tempDir(), 'recording.jsonl');
  const env: Record<string, string | undefined> = { DEVDECK_RECORD: file };
  expect(createRecorder(env, session, () => {})).toBeDefined();
  expect(env).toEqual({});
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    services: [{ name: 'api', env: { MODE: expect.stringMatching(/^[0-9a-f]{8}$/) } }],
  });
});

it('nothing is recorded by default, and a file that cannot be written is reported', () => {
  expect(createRecorder({}, session, () => {})).toBeUndefined();
  const file = join(tempDir(), 'no-such-folder', 'recording.jsonl');
  const problems: string[] = [];
  expect(createRecorder({ DEVDECK_RECORD: file }, session, (message) => problems.push(message))).toBeUndefined();
  expect(problems.join('\n')).toContain('cannot be written: ');
  expect(existsSync(file)).toBe(false);
});
