import { expect, it } from 'vitest';
import { conflictChoices } from '../../../src/core/ports/conflict-choices.ts';
import { portsInForce } from '../../../src/core/machine/ports.ts';
import type { NamedPort, Project, ServiceSpec } from '../../../src/core/model/project.ts';
import { plannedPorts } from '../../../src/core/session/service-ports.ts';
import { viewService } from '../../../src/core/view/view.ts';
import { CoreSession, ownerCard } from '../../helpers/core-session.ts';
import { portSpec, serviceSpec } from '../../helpers/service-spec.ts';

const named = (name: string, wanted: number): NamedPort => ({ ...portSpec(wanted), name, env: `PORT_${name}` });

const SMTP = { ...named('smtp', 1025), env: 'PORT' };

const PROJECT: Project = {
  name: 'shop',
  root: '/shop',
  configFile: '/shop/.project.config',
  services: [],
  onHangup: 'stop',
  reload: 'ask',
  profiles: {},
  checks: [],
  secrets: [],
};

function mail(overrides: Partial<ServiceSpec> = {}): CoreSession {
  const session = new CoreSession([
    serviceSpec('mail', { port: SMTP, morePorts: [named('web', 8025)], ...overrides }),
    serviceSpec('api', { env: { MAIL: 'http://localhost:${mail.ports.web}' } }),
    serviceSpec('docs'),
  ]);
  session.send({ type: 'attendanceChanged', isAttended: true });
  return session.send({ type: 'start', names: [], options: {} });
}

function free(session: CoreSession): number {
  const [check] = session.take('checkPort');
  if (check === undefined) throw new Error('no port is looked at');
  const { service, epoch, port } = check;
  session.send({ type: 'portChecked', service, epoch, use: { port, addresses: [], owners: [] } });
  return port;
}

function taken(session: CoreSession): void {
  const [check] = session.take('checkPort');
  if (check === undefined) throw new Error('no port is looked at');
  const { service, epoch, port } = check;
  const use = { port, addresses: ['127.0.0.1'], owners: [ownerCard(port)] };
  session.send({ type: 'portChecked', service, epoch, use });
}

const edited = (...services: readonly ServiceSpec[]) =>
  ({ type: 'applyConfig', project: { ...PROJECT, services } }) as const;

const view = (session: CoreSession) =>
  viewService(session.state, session.service('mail'), {
    trees: new Map(),
    alerts: new Map(),
    logFile: () => '',
    toTime: String,
  });

it('a service with several ports starts when all are free, checked one by one', () => {
  const session = mail();
  expect([free(session), free(session)]).toEqual([1025, 8025]);
  expect(session.take('spawn').find(({ service }) => service === 'mail')?.ports).toEqual({
    mail: 1025,
    'mail.ports.smtp': 1025,
    'mail.ports.web': 8025,
  });
});

it('only the taken port moves, and services that refer to it restart', () => {
  const session = mail();
  free(session);
  taken(session);
  expect(view(session).conflict).toMatchObject({ port: 8025 });
  const { state } = session.service('mail');
  if (state.status !== 'conflict') throw new Error(state.status);
  const unavailable = conflictChoices(session.service('mail'), state.use).filter(
    (choice) => choice.unavailable !== null,
  );
  expect(unavailable).toContainEqual({
    name: 'reuse',
    unavailable: 'only the first port of a service can be taken by another server',
  });
  session.bringUpReady();
  session.send({ type: 'resolveConflict', service: 'mail', decision: { choice: 'reroute' } });
  expect(session.take('findPort').at(-1)).toMatchObject({ name: 'web', purpose: 'move' });
  const { epoch } = session.service('mail');
  session.send({ type: 'portFound', service: 'mail', epoch, port: 8026, purpose: 'move' });
  expect(portsInForce(session.state.services)).toMatchObject({ mail: 1025, 'mail.ports.web': 8026 });
  expect(session.service('api').renewal).toBe('mail moved from port 8025 to 8026');
  expect(session.service('docs').generation).toBe(0);
  free(session);
  expect(session.status('mail')).toBe('spawning');
  expect(view(session).ports).toEqual([
    { name: 'smtp', port: 1025, wantedPort: 1025 },
    { name: 'web', port: 8026, wantedPort: 8025 },
  ]);
});

it('a port is set from the command line by its full name', () => {
  const session = mail();
  session.send({ type: 'start', names: [], options: { ports: { 'mail.ports.web': 9000 } } });
  expect(session.service('mail')).toMatchObject({ port: 1025, morePorts: { web: 9000 } });
});

it('a port is given to no other service while its holder stops', () => {
  const session = mail().bringUpReady();
  session.send({ type: 'stop', names: ['mail'], isForced: false });
  const web = serviceSpec('web', { port: portSpec(8025) });
  session.send(edited(web));
  expect(session.service('web').state).toMatchObject({
    status: 'waiting',
    blockers: [{ text: 'mail still has port 8025', isForGood: false }],
  });
});

it('a moved port stays when the config changes elsewhere, and moves when the config moves it', () => {
  const session = mail().bringUpReady();
  const before = session.service('mail');
  const under = (web: number) => serviceSpec('mail', { port: SMTP, morePorts: [named('web', web)] });
  session.send(edited(under(8025)));
  expect(session.service('mail').generation).toBe(before.generation);
  session.send(edited(under(8080)));
  expect(session.service('mail')).toMatchObject({ generation: before.generation + 1, morePorts: { web: 8080 } });
});

it('a change is planned once for each port, by its key', () => {
  const { spec } = mail().service('mail');
  expect(plannedPorts(spec, undefined).map(({ key, port }) => [key, port])).toEqual([
    ['mail', 1025],
    ['mail.ports.web', 8025],
  ]);
});
