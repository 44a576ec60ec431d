// oxlint-disable no-control-regex -- what goes to a terminal is made of control characters
// What the terminal says of itself, on the whole screen: its ground, its keyboard, whether somebody looks at it.

import { describe, expect, it } from 'vitest';
import { calmSession } from '../fixtures/screen/scenes.ts';
import { renderScreen } from '../helpers/render-screen.ts';
import { serviceView } from '../fakes/fake-session.ts';

const ENV = { TERM: 'xterm-256color' };
const QUESTIONS = '\u001b]11;?\u001b\\\u001b[?u\u001b[c';
const LAST = '\u001b[?62;22c';
/** The tone of what is ready, on a dark and on a light ground. */
const READY = { dark: '38;5;114', light: '38;5;28' };

describe('the ground', () => {
  it.each([
    ['rgb:1e1e/2222/2a2a', READY.dark],
    ['rgb:ffff/ffff/ffff', READY.light],
  ])('%s is asked for once, and chooses the colours of everything', async (color, tone) => {
    const screen = renderScreen(calmSession(), { env: ENV });
    await screen.waitFor('following');
    expect(screen.output().split(QUESTIONS)).toHaveLength(2);
    expect(screen.output()).not.toContain(tone);
    screen.press(`\u001b]11;${color}\u001b\\`, LAST);
    screen.press('j');
    await screen.waitFor('logs: backend');
    expect(screen.output()).toContain(tone);
    expect(screen.rows().join('\n')).not.toContain('rgb');
  });

  it('is not asked for by a console that would show the question', async () => {
    const screen = renderScreen(calmSession(), { env: { TERM: 'linux', LANG: 'C.UTF-8' } });
    await screen.waitFor('following');
    expect(screen.output()).not.toContain(']11;?');
  });

  it('leaves alone what the person has chosen', async () => {
    const screen = renderScreen(calmSession(), { env: { ...ENV, NO_COLOR: '1' } });
    await screen.waitFor('following');
    screen.press('\u001b]11;rgb:ff/ff/ff\u0007', LAST, 'j');
    await screen.waitFor('logs: backend');
    expect(screen.output()).not.toMatch(/\u001b\[38;5/);
  });
});

describe('leaving', () => {
  it('waits for the answers, so that the shell does not get them', async () => {
    const screen = renderScreen(calmSession(), { env: ENV });
    await screen.waitFor('following');
    screen.press('q');
    await screen.waitFor('stopping all services');
    const before = await Promise.race([screen.end.then(() => 'ended'), Promise.resolve('open')]);
    expect(before).toBe('open');
    screen.press(`\u001b]11;rgb:00/00/00\u0007${LAST}`);
    expect(await screen.end).toMatchObject({ reason: 'quit' });
  });

  it('does not wait for a terminal that does not answer', async () => {
    const screen = renderScreen(calmSession(), { env: ENV });
    await screen.waitFor('following');
    screen.press('q');
    expect(await screen.end).toMatchObject({ reason: 'quit' });
  });
});

describe('the keyboard of kitty', () => {
  it('is switched on where the terminal has it, read, and given back', async () => {
    const screen = renderScreen(calmSession(), { env: ENV });
    await screen.waitFor('following');
    expect(screen.output()).not.toContain('\u001b[>1u');
    screen.press(`\u001b[?0u${LAST}`);
    screen.press('?');
    await screen.waitFor('all actions by name');
    expect(screen.output()).toContain('\u001b[>1u');
    screen.press('\u001b[27u');
    await screen.waitFor('following');
    screen.press('\u001b[99;5u');
    expect(await screen.end).toMatchObject({ reason: 'quit' });
    expect(screen.output()).toMatch(/\u001b\[<u\u001b\[\?1004l/);
  });

  it('is not touched elsewhere', async () => {
    const screen = renderScreen(calmSession(), { env: ENV });
    await screen.waitFor('following');
    screen.press(LAST, 'q');
    await screen.end;
    expect(screen.output()).not.toMatch(/\u001b\[[<>]1?u/);
  });
});

describe('the focus', () => {
  it('is told by the terminal; without it what is new is drawn once a second, and at once when it comes back', async () => {
    const session = calmSession();
    const screen = renderScreen(session, { env: ENV });
    await screen.waitFor('following');
    screen.press(LAST, '\u001b[O', '3');
    await screen.waitFor(/detail: db/);
    session.change([{ name: 'db', cpuPercent: 77 }]);
    session.change([{ name: 'db', cpuPercent: 88 }]);
    screen.press('\u001b[I');
    await screen.waitFor('88%');
    expect(screen.output()).toContain('\u001b[?1004h');
  });
});

describe('the progress bar', () => {
  const env = { ...ENV, WT_SESSION: 'x' };
  const coming = serviceView({ name: 'api', state: 'starting', ready: false });

  it('stands in the tab while services come up, and is gone once they are there', async () => {
    const session = calmSession();
    session.change([coming]);
    const screen = renderScreen(session, { env });
    await screen.waitFor(/api +starting/);
    expect(screen.output()).toContain('\u001b]9;4;1;75\u001b\\');
    screen.forgetOutput();
    session.change([{ name: 'api', state: 'ready', ready: true }]);
    await screen.waitFor(/api +ready/);
    expect(screen.output()).toContain('\u001b]9;4;0;0\u001b\\');
  });

  it('is taken away when the terminal goes while they come up', async () => {
    const session = calmSession();
    session.change([coming]);
    const screen = renderScreen(session, { env });
    await screen.waitFor(/api +starting/);
    screen.forgetOutput();
    screen.hangUp();
    await screen.end;
    expect(screen.output()).toContain('\u001b]9;4;0;0\u001b\\');
  });

  it('is nowhere where the terminal is not known to have one', async () => {
    const session = calmSession();
    session.change([coming]);
    const screen = renderScreen(session, { env: ENV });
    await screen.waitFor(/api +starting/);
    screen.hangUp();
    await screen.end;
    expect(screen.output()).not.toContain(']9;4');
  });
});
