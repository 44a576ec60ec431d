// The logs as the whole screen shows them: layouts, and what keys do to them.

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { calmSession } from '../../fixtures/screen/scenes.ts';
import { renderScreen } from '../../helpers/render-screen.ts';

const ESC = '\u001b';
const ENTER = '\r';
const letters = (text: string): readonly string[] => Array.from(text);

async function openCalm(options: Parameters<typeof renderScreen>[1] = {}) {
  const session = calmSession();
  const screen = renderScreen(session, options);
  await screen.waitFor('following');
  return { session, screen };
}

function createFolder(): string {
  const root = mkdtempSync(join(tmpdir(), 'devdeck-layouts-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, '.devdeck'));
  return root;
}

describe('layouts', () => {
  it('l goes from one log to several side by side to all by time, and round', async () => {
    const { screen } = await openCalm();
    screen.press('l');
    const tiles = await screen.waitFor('logs: frontend');
    expect(tiles.filter((row) => row.includes('logs: db') && row.includes('logs: backend'))).toHaveLength(1);
    screen.press('l');
    await screen.waitFor('logs: all services');
    await screen.waitFor(/backend +│ /);
    screen.press('l');
    await screen.waitFor((rows) => rows.join('\n').includes('logs: db') && !rows.join('\n').includes('all services'));
  });

  it.each([
    [40, 10],
    [80, 24],
    [120, 40],
    [300, 100],
  ])('%i × %i has every layout, and no row is too wide', async (columns, rows) => {
    const { screen, session } = await openCalm({ columns, rows });
    session.write('backend', `日本語 ${'wide 👍🏽 '.repeat(80)}`);
    for (const title of [/logs: db/, /logs: all/, /logs: db/]) {
      screen.press('l');
      const shown = await screen.waitFor(title);
      expect(shown).toHaveLength(rows);
    }
    expect(screen.output()).not.toContain(`${ESC}[2J`);
  });

  it('keeps pinned logs side by side, whichever service is selected', async () => {
    const { screen } = await openCalm();
    screen.press(' ');
    await screen.waitFor('pinned');
    screen.press('j', 'j');
    const shown = await screen.waitFor('logs: frontend');
    expect(shown.join('\n')).toContain('logs: db');
    expect(shown.join('\n')).not.toContain('logs: backend');
  });

  it('goes from a line of all logs to the log of its service', async () => {
    const { screen, session } = await openCalm();
    screen.press('l', 'l');
    await screen.waitFor('logs: all services');
    session.write('frontend', 'the very line');
    session.change([]);
    for (let count = 0; count < 100; count += 1) session.write('backend', `later ${count}`);
    await screen.waitFor('later 99');
    screen.press('2', '/', ...letters('very line'), ENTER);
    await screen.waitFor('1 of 1, in line');
    screen.press(ENTER);
    await screen.waitFor('logs: frontend');
    await screen.waitFor('the very line');
  });

  it('remembers how somebody likes it for the project', async () => {
    const root = createFolder();
    const { screen } = await openCalm({ root });
    screen.press('l', 'l', 't', 'w');
    await screen.waitFor('logs: all services');
    const file = join(root, '.devdeck/screen.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      layout: 'merged',
      pinned: [],
      times: 'clock',
      isWrapped: true,
    });
    const next = renderScreen(calmSession(), { root });
    await next.waitFor('logs: all services');
  });
});

describe('which lines', () => {
  it('f filters, ! leaves out, Escape shows all again', async () => {
    const { screen, session } = await openCalm();
    session.write('db', 'apple', 'pear', 'plum');
    screen.press('f', ...letters('^p'), ENTER);
    await screen.waitFor('logs: db · only "^p"');
    await screen.waitFor((rows) => rows.join('\n').includes('plum') && !rows.join('\n').includes('apple'));
    screen.press('f');
    await screen.waitFor('filter (!text leaves out): ^p');
    screen.press('\u0015', ...letters('!^p'), ENTER);
    await screen.waitFor('logs: db · hiding "^p"');
    await screen.waitFor((rows) => rows.join('\n').includes('apple') && !rows.join('\n').includes('plum'));
    screen.press(ESC);
    await screen.waitFor('plum');
  });

  it('e shows errors only', async () => {
    const { screen, session } = await openCalm();
    session.write('db', 'ERROR it broke', '    at main (a.js:1:1)', 'INFO fine');
    screen.press('e');
    await screen.waitFor('errors only');
    await screen.waitFor((rows) => rows.join('\n').includes('at main') && !rows.join('\n').includes('INFO fine'));
  });

  it('c hides what was there, C brings it back', async () => {
    const { screen, session } = await openCalm();
    session.write('db', 'an old line');
    await screen.waitFor('an old line');
    screen.press('c');
    await screen.waitFor('Cleared. C shows');
    screen.press('C');
    await screen.waitFor('an old line');
  });

  it('m draws a line with the time', async () => {
    const { screen, session } = await openCalm();
    session.write('db', 'before');
    await screen.waitFor('before');
    screen.press('m');
    await screen.waitFor(/── \d\d:\d\d:\d\d\.\d{3} ──/);
  });
});

describe('taking lines along', () => {
  it('y copies the line under the cursor, without borders', async () => {
    const { screen, session } = await openCalm();
    session.write('db', '\u001b[31mcopy me\u001b[0m');
    await screen.waitFor('copy me');
    screen.press('2', 'k', 'j', 'k', 'j', 'y');
    await screen.waitFor('copied 1 line');
    expect(screen.output()).toContain(`${ESC}]52;c;${Buffer.from('copy me').toString('base64')}\u0007`);
  });

  it('v and j select lines, y copies them', async () => {
    const { screen, session } = await openCalm();
    session.write('db', 'one', 'two', 'three');
    await screen.waitFor('three');
    screen.press('v', 'k', 'k');
    await screen.waitFor('3 lines selected');
    screen.press('y');
    await screen.waitFor('copied 3 lines');
    expect(screen.output()).toContain(Buffer.from('one\ntwo\nthree').toString('base64'));
  });

  it('> writes the filtered log to a file, and none over another', async () => {
    const root = createFolder();
    const { screen, session } = await openCalm({ root });
    session.write('db', ...Array.from({ length: 3000 }, (_, index) => `row ${index}`));
    screen.press('f', ...letters('row .*7$'), ENTER, '>');
    await screen.waitFor('save to: db-');
    screen.press('\u0015', ...letters('out.log'), ENTER);
    await screen.waitFor('saved 300 lines to out.log');
    const lines = readFileSync(join(root, 'out.log'), 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(300);
    expect(lines.at(-1)).toMatch(/^2026-.*Z row 2997$/);
    screen.press('>', '\u0015', ...letters('out.log'), ENTER);
    await screen.waitFor('out.log exists already');
  });
});

describe('states', () => {
  it('tells how a service failed below its last words where the table does not, and what to press', async () => {
    const { screen, session } = await openCalm();
    session.write('db', 'last words');
    session.change([{ name: 'db', state: 'failed', ready: false, why: 'exit code 3', pid: null, pids: [] }]);
    await screen.waitFor('last words');
    screen.press('z');
    const shown = await screen.waitFor('✖ failed: exit code 3');
    const at = shown.findIndex((row) => row.includes('✖ failed: exit code 3'));
    expect(shown.at(-1)).toMatch(/e errors +r restart +E open log/);
    expect(shown[at - 1]).toContain('last words');
  });

  it('says how to start what has not written anything', async () => {
    const { screen, session } = await openCalm();
    session.change([{ name: 'quiet', state: 'stopped', ready: false, wanted: false, why: 'stopped', pid: null }]);
    screen.press('G');
    await screen.waitFor('No output of quiet yet: stopped. s starts it');
  });
});
