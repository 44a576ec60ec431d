import { describe, expect, it } from 'vitest';
import { viewService } from '../../../src/core/view/view.ts';
import { CoreSession } from '../../helpers/core-session.ts';
import { serviceSpec } from '../../helpers/service-spec.ts';

const start = { type: 'start', names: [], options: {} } as const;
const changed = { type: 'filesChanged', service: 'api', files: ['api/app.toml', 'api/b.toml'] } as const;
const running = () => new CoreSession([serviceSpec('api'), serviceSpec('web')]).send(start).bringUpReady();

/** The restart that was asked for, to its end. */
function finishRestart(session: CoreSession): CoreSession {
  return session.exit('api', null, 'SIGTERM').gone('api').bringUpReady();
}

describe('a change of a watched file', () => {
  it('restarts only the service, and names the file', () => {
    const session = running();
    session.nowMs += 60_000;
    session.send(changed);
    expect(session.take('note')).toMatchObject([{ service: 'api', text: 'restarts: api/app.toml and 1 more changed' }]);
    finishRestart(session);
    expect([session.service('api').runs, session.service('web').runs]).toEqual([2, 1]);
  });

  it('starts a failed service again', () => {
    const session = running().exit('api', 127).gone('api');
    expect(session.send(changed).bringUpReady().status('api')).toBe('ready');
  });

  it('starts no service that is not wanted', () => {
    const session = running()
      .send({ type: 'stop', names: ['api'], isForced: false })
      .exit('api', 0)
      .gone('api');
    session.send(changed);
    expect(session.status('api')).toBe('stopped');
  });

  it('pauses watching when it follows every start at once, and a restart by hand resumes it', () => {
    const session = running();
    for (let round = 0; round < 4; round += 1) finishRestart(session.send(changed));
    session.send(changed);
    expect(session.status('api')).toBe('ready');
    const facts = { trees: new Map(), alerts: new Map(), logFile: String, toTime: String };
    expect(viewService(session.state, session.service('api'), facts).alerts).toMatchObject([
      { kind: 'watch', message: expect.stringContaining('watching is paused: api/app.toml changed within 5 s') },
    ]);
    session.nowMs += 600_000;
    session.send(changed);
    expect(session.status('api')).toBe('ready');

    finishRestart(session.send({ type: 'restart', names: ['api'] }));
    session.nowMs += 60_000;
    finishRestart(session.send(changed));
    expect(session.service('api').runs).toBe(7);
  });

  it('is reported as impossible while a glob matches no file', () => {
    const session = running();
    const facts = { trees: new Map(), alerts: new Map(), logFile: String, toTime: String };
    const alerts = () => viewService(session.state, session.service('api'), facts).alerts;
    session.send({ type: 'globsUnmatched', service: 'api', globs: ['gen/*.json', 'conf'] });
    expect(alerts()).toMatchObject([{ kind: 'watch', message: 'watch: no file matches "gen/*.json", "conf"' }]);
    session.send({ type: 'restart', names: ['api'] });
    expect(alerts()).toHaveLength(1);
    session.send({ type: 'globsUnmatched', service: 'api', globs: [] });
    expect(alerts()).toEqual([]);
  });

  it('is not blamed on the service when a person saves now and then', () => {
    const session = running();
    for (let save = 0; save < 6; save += 1) {
      session.nowMs += save % 2 === 0 ? 1_000 : 8_000;
      finishRestart(session.send(changed));
    }
    expect(session.service('api').runs).toBe(7);
  });
});
