// What the benches of the screen share: projects of their own in a folder that goes afterwards, a screen in a terminal, and
// results beside their bars. The process ends with 1 when a bar was missed.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawn } from '@lydell/node-pty';

export const devdeck = fileURLToPath(new URL('../bin/devdeck', import.meta.url));
export const folder = mkdtempSync(join(tmpdir(), 'devdeck-bench-'));
export const env = {
  PATH: process.env.PATH,
  HOME: folder,
  TERM: 'xterm-256color',
  LANG: 'C.UTF-8',
  XDG_RUNTIME_DIR: join(folder, 'run'),
  XDG_CACHE_HOME: join(folder, 'cache'),
  XDG_STATE_HOME: join(folder, 'state'),
};
const roots = [];
let missed = 0;

export function project(name, services) {
  const root = join(folder, name);
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, '.project.config'), JSON.stringify({ services }));
  roots.push(root);
  return root;
}

export function openScreen(root) {
  const terminal = spawn(devdeck, [], { cwd: root, env, cols: 120, rows: 40 });
  const screen = { text: '', bytes: 0, write: (keys) => terminal.write(keys) };
  const looks = new Set();
  let drawnAt = performance.now();
  let longestMs = 0;
  const notePause = () => {
    longestMs = Math.max(longestMs, performance.now() - drawnAt);
    drawnAt = performance.now();
  };
  terminal.onData((data) => {
    screen.text = (screen.text + data).slice(-200_000);
    screen.bytes += data.length;
    notePause();
    for (const look of looks) look();
  });
  screen.shows = (isThere, limitMs = 60_000) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`not seen: ${screen.text.slice(-500)}`)), limitMs);
      const look = () => {
        if (!isThere(screen.text)) return;
        clearTimeout(timer);
        looks.delete(look);
        resolve(performance.now());
      };
      looks.add(look);
      look();
    });
  /** Returns a function for the longest pause of drawing from now on. */
  screen.watchPauses = () => {
    notePause();
    longestMs = 0;
    return () => {
      notePause();
      return longestMs;
    };
  };
  screen.ended = new Promise((resolve) => terminal.onExit(resolve));
  return screen;
}

export async function close(root, screen) {
  execFileSync(devdeck, ['stop', '--force'], { cwd: root, env, stdio: 'ignore' });
  await screen?.ended;
}

export function report(what, value, unit, bar) {
  const isOk = bar === undefined || value <= bar;
  if (!isOk) missed += 1;
  const verdict = bar === undefined ? '' : `   (at most ${bar}${unit}: ${isOk ? 'ok' : 'MISSED'})`;
  console.log(`${what.padEnd(44)} ${value.toFixed(2)}${unit}${verdict}`);
}

export const quantile = (values, share) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];

/** A file of `count` numbered lines of 100 bytes. */
export function writeLines(path, count) {
  const lines = (from) =>
    Array.from({ length: count / 100 }, (_, index) => `line ${from + index} `.padEnd(99, 'x')).join('\n');
  for (let from = 0; from < count; from += count / 100) writeFileSync(path, `${lines(from)}\n`, { flag: 'a' });
}

/** How long the service of this script takes to say `the-end` to a reader that does nothing else. */
export function bareReaderMs(script) {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const bare = spawn('sh', [script], { cwd: folder, env, cols: 120, rows: 40, encoding: null });
    let tail = '';
    bare.onData((data) => {
      tail = (tail + data.subarray(-100).toString('latin1')).slice(-200);
      if (!tail.includes('the-end')) return;
      bare.kill('SIGKILL');
      resolve(performance.now() - startedAt);
    });
  });
}

/** Resolves with the moment at which the folder holds so many files. */
export function reachFiles(place, count, limitMs = 60_000) {
  return new Promise((resolve, reject) => {
    const watcher = watch(place, () => look());
    const timer = setTimeout(() => end(reject, new Error(`${readdirSync(place).length} of ${count}`)), limitMs);
    const end = (settle, value) => {
      watcher.close();
      clearTimeout(timer);
      settle(value);
    };
    const look = () => {
      if (readdirSync(place).length >= count) end(resolve, performance.now());
    };
    look();
  });
}

/** CPU time in milliseconds and PSS in bytes of the running processes that `isCounted` is true for, by command and environment. */
export function spentBy(isCounted) {
  let cpuMs = 0;
  let pssBytes = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      if (!isCounted(words, readFileSync(`/proc/${pid}/environ`, 'utf8'))) continue;
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
      cpuMs += (Number(fields[11]) + Number(fields[12])) * 10;
      const pss = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
      pssBytes += Number(pss?.[1] ?? 0) * 1024;
    } catch {
      // Gone meanwhile, or another user's.
    }
  }
  return { cpuMs, pssBytes };
}

/** Runs those of `parts` that are wanted, or all; nothing of them is left afterwards. */
export async function runParts(parts, wanted = process.argv.slice(2)) {
  try {
    mkdirSync(env.XDG_RUNTIME_DIR, { mode: 0o700 });
    for (const [name, run] of Object.entries(parts)) if (wanted.length === 0 || wanted.includes(name)) await run();
  } finally {
    for (const root of roots) spawnSync(devdeck, ['stop', '--force'], { cwd: root, env, stdio: 'ignore' });
    rmSync(folder, { recursive: true, force: true });
  }
  process.exitCode = missed === 0 ? 0 : 1;
}
