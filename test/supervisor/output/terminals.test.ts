import { describe, expect, it } from 'vitest';
import type { ServiceTerminal, TerminalEvent } from '../../../src/core/session/session.ts';
import { serviceSpec } from '../../helpers/service-spec.ts';
import { openLocalSession } from '../../helpers/local-session.ts';

/** What a client heard, in words. */
function hears(): { readonly heard: string[]; readonly listener: (event: TerminalEvent) => void } {
  const heard: string[] = [];
  return {
    heard,
    listener: (event) => {
      if (event.type === 'output') heard.push(Buffer.from(event.bytes).toString());
      else heard.push(event.type === 'opened' ? `opened ${JSON.stringify(event.screen)}` : event.type);
    },
  };
}

const SIZE = { columns: 100, rows: 30 };

async function started(...names: readonly string[]) {
  const opened = openLocalSession(names.map((name) => serviceSpec(name)));
  await opened.session.start([]);
  await opened.system.advance(10);
  return opened;
}

describe('the terminal of a service', () => {
  it('begins with its present picture and cursor, and continues with every byte', async () => {
    const { system, session } = await started('api');
    system.child('api').handlers.onData(Buffer.from('ready\r\n\u001b[36mname: '), 'out');
    const { heard, listener } = hears();
    await session.openTerminal('api', SIZE, listener);
    system.child('api').handlers.onData(Buffer.from('\u001b[2K> '), 'out');
    const rows = '\u001b[1;1Hready\u001b[2;1H\u001b[0m\u001b[36mname: \u001b[0m';
    expect(heard).toEqual([`opened ${JSON.stringify(`${rows}\u001b[2;7H\u001b[36m`)}`, '\u001b[2K> ']);
  });

  it('loses and repeats no output while a client connects', async () => {
    const { system, session } = await started('api');
    system.child('api').handlers.onData(Buffer.from('one\r\n'), 'out');
    const { heard, listener } = hears();
    const opened = session.openTerminal('api', SIZE, listener);
    system.child('api').handlers.onData(Buffer.from('two\r\n'), 'out');
    await opened;
    expect(heard).toEqual([`opened ${JSON.stringify('\u001b[1;1Hone\u001b[2;1H')}`, 'two\r\n']);
  });

  it('answers a program without a connected client, in the order of its questions', async () => {
    const { system, session } = await started('api');
    system.child('api').handlers.onData(Buffer.from('one\r\ntwo\u001b[6n\r\nthree\u001b[5n\u001b[c'), 'out');
    await session.openTerminal('api', SIZE, () => {});
    await expect.poll(() => system.child('api').typed).toBe('\u001b[2;4R\u001b[0n\u001b[?62;22c');
  });

  it('answers once, and does not pass the question to connected clients', async () => {
    const { system, session } = await started('api');
    const [first, second] = [hears(), hears()];
    await session.openTerminal('api', SIZE, first.listener);
    await session.openTerminal('api', SIZE, second.listener);
    for (const part of ['a\u001b', '[5', 'nb']) system.child('api').handlers.onData(Buffer.from(part), 'out');
    await expect.poll(() => system.child('api').typed).toBe('\u001b[0n');
    for (const { heard } of [first, second]) expect(heard.slice(1)).toEqual(['a', 'b']);
  });

  it('writes nothing into a service on plain pipes', async () => {
    const { system, session } = openLocalSession([serviceSpec('api', { tty: false }), serviceSpec('web')]);
    await session.start([]);
    await system.advance(10);
    for (const name of ['api', 'web']) system.child(name).handlers.onData(Buffer.from('\u001b[5n'), 'out');
    await expect.poll(() => system.child('web').typed).toBe('\u001b[0n');
    expect(system.child('api').typed).toBe('');
  });

  it('passes on input typed before a start, after the last Ctrl-C', async () => {
    const { system, session } = openLocalSession([
      serviceSpec('db'),
      serviceSpec('api', { dependsOn: [{ service: 'db', condition: 'ready' }] }),
    ]);
    await session.start([]);
    const terminal = await session.openTerminal('api', SIZE, () => {});
    terminal.write(Buffer.from('old\u0003ne'));
    terminal.write(Buffer.from('w\r'));
    await system.advance(2_000);
    expect(system.child('api').typed).toBe('new\r');
  });

  it('discards input for a service that will not run', async () => {
    const { system, session } = openLocalSession([serviceSpec('api')]);
    const terminal = await session.openTerminal('api', SIZE, () => {});
    terminal.write(Buffer.from('rm\r'));
    await session.start([]);
    await system.advance(10);
    expect(system.child('api').typed).toBe('');
  });

  it('gives later clients the modes that the program has set', async () => {
    const { system, session } = await started('api');
    system.child('api').handlers.onData(Buffer.from('\u001b[?1049h\u001b[?1000hdrawn'), 'out');
    const { heard, listener } = hears();
    await session.openTerminal('api', SIZE, listener);
    const drawn = '\u001b[?1049h\u001b[?1000h\u001b[1;1Hdrawn\u001b[1;6H';
    expect(heard).toEqual([`opened ${JSON.stringify(drawn)}`]);
  });

  it('makes a full-screen program draw again by a change of the size', async () => {
    const { system, session } = await started('api');
    system.child('api').handlers.onData(Buffer.from('\u001b[?1049h'), 'out');
    await session.openTerminal('api', SIZE, () => {});
    await system.advance(100);
    expect(system.child('api').sizes.slice(-2)).toEqual(['100x29', '100x30']);
  });

  it('types into the process that runs now', async () => {
    const { system, session } = await started('api');
    const terminal = await session.openTerminal('api', SIZE, () => {});
    terminal.write(Buffer.from('r\r'));
    expect(system.child('api').typed).toBe('r\r');
  });

  it('has the size of the smallest connected terminal, or of the log pane', async () => {
    const { system, session } = await started('api');
    const sizes = (): string | undefined => system.child('api').sizes.at(-1);
    const large = await session.openTerminal('api', { columns: 200, rows: 60 }, () => {});
    expect(sizes()).toBe('200x60');
    const small = await session.openTerminal('api', { columns: 90, rows: 70 }, () => {});
    expect(sizes()).toBe('90x60');
    await session.resize({ columns: 70, rows: 12 });
    expect(sizes()).toBe('90x60');
    small.resize({ columns: 150, rows: 20 });
    expect(sizes()).toBe('150x20');
    small.close();
    expect(sizes()).toBe('200x60');
    large.close();
    expect(sizes()).toBe('70x12');
  });

  it('stays open over a restart', async () => {
    const { system, session } = await started('api');
    const { heard, listener } = hears();
    const terminal: ServiceTerminal = await session.openTerminal('api', SIZE, listener);
    await session.restart(['api']);
    await system.advance(100);
    expect(heard.slice(1)).toEqual(['runEnded', 'runBegan']);
    expect(system.child('api').request).toMatchObject({ columns: 100, rows: 30 });
    terminal.write(Buffer.from('x'));
    expect(system.child('api').typed).toBe('x');
  });

  it('sends nothing to disconnected clients', async () => {
    const { system, session } = await started('api');
    const { heard, listener } = hears();
    const terminal = await session.openTerminal('api', SIZE, listener);
    terminal.close();
    system.child('api').handlers.onData(Buffer.from('secret'), 'out');
    expect(heard).toHaveLength(1);
  });

  it('is refused, with the reason, for a service on plain pipes', async () => {
    const { session } = openLocalSession([serviceSpec('api', { tty: false })]);
    await expect(session.openTerminal('api', SIZE, () => {})).rejects.toMatchObject({
      code: 'refused',
      message: 'api has no terminal: its config says tty: false, so it runs on plain pipes.',
    });
  });
});
