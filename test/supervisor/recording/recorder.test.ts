import { expect, it } from 'vitest';
import { Recorder } from '../../../src/supervisor/recording/recorder.ts';
import { openLocalSession } from '../../helpers/local-session.ts';
import { replay } from '../../helpers/replay.ts';
import { portSpec, serviceSpec } from '../../helpers/service-spec.ts';

const SECRET = 'hunter2-hunter2';

async function recordedSession() {
  const lines: string[] = [];
  const { system, session, states } = openLocalSession(
    [
      serviceSpec('db', { port: portSpec(5432) }),
      serviceSpec('api', {
        command: { kind: 'shell', line: `serve --token ${SECRET}` },
        port: portSpec(8000),
        dependsOn: [{ service: 'db', condition: 'started' }],
        env: { DATABASE: 'postgres://ada:pass-of-ada@${db.address}/shop', API_TOKEN: SECRET, MODE: 'plain-value' },
      }),
    ],
    {
      callerEnv: { NPM_TOKEN: 'npm-of-ada' },
      recorder: (project, masker) =>
        new Recorder({
          project,
          masker,
          write: (line) => lines.push(line),
          digest: (value) => `#${value.length}`,
          version: '1.0.0',
          wallOffsetMs: 0,
        }),
    },
  );
  await session.start([]);
  await system.advance(1_000);
  const { handlers } = system.child('api');
  handlers.onData(Buffer.from(`refused: ${SECRET} and npm-of-ada\n`), 'out');
  system.end(system.child('api'), 1, null);
  await system.advance(5_000);
  await session.restart(['db']);
  await system.advance(20_000);
  return { recording: `${lines.join('\n')}\n`, states };
}

it('a recording can be replayed', async () => {
  const { recording, states } = await recordedSession();
  const { recorded, replayed, state } = replay(recording);
  expect(replayed).toEqual(recorded);
  expect(recorded.length).toBeGreaterThan(8);
  expect(Object.fromEntries([...state.services].map(([name, { state }]) => [name, state.status]))).toEqual(states());
});

it('a recording contains no values of variables and no secrets', async () => {
  const { recording } = await recordedSession();
  for (const secret of [SECRET, 'pass-of-ada', 'npm-of-ada', 'plain-value']) expect(recording).not.toContain(secret);
  expect(recording).toContain('refused: ******** and ********');
  expect(recording).toContain('"DATABASE":"${db.address} #');
});
