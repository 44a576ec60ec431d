import { describe, expect, it } from 'vitest';
import { openLocalSession } from '../../helpers/local-session.ts';
import { serviceSpec } from '../../helpers/service-spec.ts';

async function runningApi(overrides: Parameters<typeof serviceSpec>[1] = {}) {
  const opened = openLocalSession([serviceSpec('api', overrides)]);
  await opened.session.start([]);
  await opened.system.advance(2_000);
  const tell = (body: string): void =>
    opened.system.child('api').handlers.onData(Buffer.from(`\u001b]7501;${body}\u001b\\`), 'out');
  return { ...opened, tell, told: () => opened.view('api')?.told };
}

describe('a service whose program tells its status', () => {
  it('is shown with the newest of several reports, until the program takes it back', async () => {
    const { system, tell, told } = await runningApi();
    expect(told()).toBeUndefined();
    for (let percent = 0; percent <= 34; percent += 1) tell(`state=working:progress=${percent}`);
    await system.advance(300);
    expect(told()).toEqual({ state: 'working', progressPercent: 34 });
    tell('state=clear');
    await system.advance(300);
    expect(told()).toBeUndefined();
  });

  it('has told nothing any more once it was restarted', async () => {
    const { system, session, tell, told } = await runningApi();
    tell('state=blocked:kind=auth');
    await system.advance(300);
    expect(told()).toEqual({ state: 'blocked', kind: 'auth' });
    tell('state=working');
    await session.restart(['api']);
    await system.advance(2_000);
    expect(told()).toBeUndefined();
  });

  it('gets the answer that its reports are read, and none of their content', async () => {
    const { system, tell } = await runningApi();
    tell('?');
    tell('state=working:msg=cm0gLXJm');
    await expect.poll(() => system.child('api').typed).toBe('\u001b]7501;?\u001b\\');
  });

  it('tells nothing on plain pipes', async () => {
    const { system, tell, told } = await runningApi({ tty: false });
    tell('state=working');
    await system.advance(300);
    expect(told()).toBeUndefined();
  });
});
