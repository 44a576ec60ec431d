import { describe, expect, it } from 'vitest';
import { openLocalSession } from '../../helpers/local-session.ts';
import { serviceSpec } from '../../helpers/service-spec.ts';

async function runningApi(overrides: Parameters<typeof serviceSpec>[1] = {}) {
  const opened = openLocalSession([serviceSpec('api', overrides)]);
  await opened.session.start([]);
  await opened.system.advance(2_000);
  const write = (text: string): void => opened.system.child('api').handlers.onData(Buffer.from(text), 'out');
  const question = () => opened.view('api')?.question;
  return { ...opened, write, question };
}

describe('a service that asks', () => {
  it('is reported with its question after a second of silence', async () => {
    const { system, view, write, question } = await runningApi();
    write('Overwrite the file? [y/N] ');
    await system.advance(900);
    expect(question()).toBeNull();
    await system.advance(300);
    expect(question()).toEqual({ text: 'Overwrite the file? [y/N]', isSecret: false });
    expect(view('api')).toMatchObject({ state: 'ready', why: expect.stringContaining('asks: Overwrite the file?') });
  });

  it('does not ask any more once it continues, or while it writes', async () => {
    const { system, write, question } = await runningApi();
    write('Name: ');
    await system.advance(1_200);
    expect(question()).not.toBeNull();
    write('ada\r\nHello: ');
    expect(question()).toBeNull();
    for (let step = 0; step < 6; step += 1) {
      await system.advance(500);
      write('again: ');
      expect(question()).toBeNull();
    }
  });

  it('gets the answer as typed, and the answer is refused without a question', async () => {
    const { system, session, write } = await runningApi();
    write('Password: ');
    await system.advance(1_200);
    await session.typeAnswer('api', 's3cr3t');
    expect(system.child('api').typed).toBe('s3cr3t\r');
    write('\r\nwelcome\r\n');
    await expect(session.typeAnswer('api', 's3cr3t')).rejects.toMatchObject({ code: 'refused' });
    expect(system.child('api').typed).toBe('s3cr3t\r');
  });

  it('is forgotten when the service ends', async () => {
    const { system, session, write, question } = await runningApi();
    write('Continue? ');
    await system.advance(1_200);
    await session.restart(['api']);
    await system.advance(2_000);
    expect(question()).toBeNull();
  });
});
