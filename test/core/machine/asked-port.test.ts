import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/core/view/explain.ts';
import type { PortUse } from '../../../src/core/model/port-facts.ts';
import { CoreSession, ownerCard } from '../../helpers/core-session.ts';
import { portSpec, serviceSpec } from '../../helpers/service-spec.ts';

const QUESTION = { answerYes: 'y\r', port: 3000, question: 'Port 3000 is in use. Use another port instead?' };
const taken = (port: number): PortUse => ({ port, addresses: ['127.0.0.1'], owners: [ownerCard(port)] });
const free = (port: number): PortUse => ({ port, addresses: [], owners: [] });

function started(options: { readonly port?: number; readonly onConflict?: 'reroute' | 'fail' } = {}): CoreSession {
  const session = new CoreSession([
    serviceSpec('web', options.port === undefined ? {} : { port: portSpec(options.port) }),
  ]);
  const { onConflict } = options;
  session.send({ type: 'attendanceChanged', isAttended: true });
  session.send({ type: 'start', names: [], options: onConflict === undefined ? {} : { onConflict } });
  return session.bringUp();
}

function asks(session: CoreSession, use: PortUse | undefined = taken(3000)): CoreSession {
  const run = session.service('web').runs;
  return session.send({ type: 'portAsked', service: 'web', run, question: QUESTION, use });
}

/** The desk is open: the service was ended, and its port is taken. */
function atTheDesk(options: { readonly port?: number } = {}): CoreSession {
  const session = asks(started(options));
  session.exit('web', null, 'SIGTERM').gone('web');
  return session.portTaken('web');
}

describe('a service that asks for another port', () => {
  it('is ended, and the dialog opens with its question', () => {
    const session = asks(started());
    expect(session.take('signalTree')).toMatchObject([{ service: 'web', signal: 'SIGTERM' }]);
    session.exit('web', null, 'SIGTERM').gone('web');
    session.portTaken('web');
    expect(session.status('web')).toBe('conflict');
    expect(explain(session.service('web'))).toBe(
      `port 3000 is taken by node (pid 812); it asked: ${QUESTION.question}`,
    );
    expect(session.service('web').restarts).toBe(0);
  });

  it('gets yes when it asks again after a decision to move, and at every later start', () => {
    const session = atTheDesk();
    session.send({ type: 'resolveConflict', service: 'web', decision: { choice: 'reroute' } }).bringUp();
    expect(asks(session).take('typeInto')).toMatchObject([{ service: 'web', run: 2, text: 'y\r' }]);
    expect(asks(session).take('typeInto')).toEqual([]);
    session
      .send({ type: 'restart', names: ['web'] })
      .exit('web', 0)
      .gone('web')
      .bringUp();
    expect(asks(session).take('typeInto')).toMatchObject([{ run: 3 }]);
  });

  it('gets another port from devdeck when it asks about the port of the config', () => {
    const session = atTheDesk({ port: 3000 });
    session.send({ type: 'resolveConflict', service: 'web', decision: { choice: 'reroute' } });
    expect(session.take('findPort').at(-1)).toMatchObject({ service: 'web', purpose: 'move' });
  });

  it('cannot move to a typed port, because it offers its own', () => {
    const session = atTheDesk();
    session.send({ type: 'resolveConflict', service: 'web', decision: { choice: 'reroute', port: 4000 } });
    expect(explain(session.service('web'))).toContain('takes the port that it offers by itself, not port 4000');
  });

  it('is followed to its own port after a yes', () => {
    const session = asks(started({ port: 2000, onConflict: 'reroute' }));
    expect(session.take('typeInto')).toMatchObject([{ run: 1 }]);
    session.send({ type: 'portAsked', service: 'web', run: 1, question: undefined, use: undefined });
    const verdict = { kind: 'ignores its port', listening: [3001] } as const;
    session.send({ type: 'listenersJudged', service: 'web', run: 1, verdict, commands: [] });
    expect(session.service('web')).toMatchObject({ port: 3001, wantedPort: 2000 });
  });

  it('fails when the config says so', () => {
    const session = asks(started({ onConflict: 'fail' }));
    session.exit('web', null, 'SIGTERM').gone('web');
    session.portTaken('web');
    expect(session.status('web')).toBe('failed');
  });

  it.each([
    ['nobody has the port', free(3000)],
    ['it does not say which port', undefined],
  ])('is left to a person who answers when %s', (_name, use) => {
    const session = started();
    session.send({ type: 'portAsked', service: 'web', run: 1, question: QUESTION, use });
    expect(session.status('web')).toBe('starting');
    expect(explain(session.service('web'))).toContain(`asks: ${QUESTION.question} – answer with ./dev attach web`);
    session.send({ type: 'portAsked', service: 'web', run: 1, question: undefined, use: undefined });
    expect(explain(session.service('web'))).toBe('started a moment ago');
  });
});
