import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findLine, openLog, programArguments } from '../../../src/main/screen/open-log.ts';
import { eventually } from '../../helpers/eventually.ts';
import { signalAll } from '../../helpers/signal.ts';
import { tempDir } from '../../system/temp-dir.ts';

const TIME = '2026-01-02T03:04:05.000Z';
const LATER = '2026-01-02T03:04:06.000Z';

describe('the place of a line in its file', () => {
  it('is found by time and text', () => {
    const file = join(tempDir(), 'api.log');
    writeFileSync(file, `${TIME} one\n${TIME} \u001b[31mtwo\u001b[0m\n${LATER} two\n`);
    expect(findLine(file, { time: TIME, text: 'one' })).toEqual({ file, number: 1 });
    expect(findLine(file, { time: LATER, text: 'two' })).toEqual({ file, number: 3 });
  });

  it('is in an older file after the log was rotated', () => {
    const file = join(tempDir(), 'api.log');
    writeFileSync(`${file}.1`, `${TIME} one\n${TIME} two\n`);
    writeFileSync(file, `${LATER} three\n`);
    expect(findLine(file, { time: TIME, text: 'two' })).toEqual({ file: `${file}.1`, number: 2 });
  });

  it('is undefined when the line was removed', () => {
    const file = join(tempDir(), 'api.log');
    writeFileSync(file, `${LATER} three\n`);
    expect(findLine(file, { time: TIME, text: 'two' })).toBeUndefined();
  });
});

describe('an editor is told the line', () => {
  it.each([
    ['vim', ['+7', 'api.log']],
    ['/usr/bin/nano', ['+7', 'api.log']],
    ['less', ['+7', 'api.log']],
    ['emacsclient -nw', ['+7', 'api.log']],
    ['code --wait', ['--goto', 'api.log:7']],
    ['hx', ['api.log:7']],
    ['own-editor', ['api.log']],
  ])('%s', (program, expected) => {
    expect(programArguments(program, { file: 'api.log', number: 7 })).toEqual(expected);
  });
});

it('a hang-up ends the editor itself, not only the shell that starts it', async () => {
  const said = join(tempDir(), 'said');
  const program = join(tempDir(), 'editor.cjs');
  writeFileSync(
    program,
    `const { writeFileSync } = require('node:fs');
    process.on('SIGHUP', () => process.exit(writeFileSync('${said}', 'hung up')));
    setInterval(() => {}, 1000);
    writeFileSync('${said}', String(process.pid));`,
  );
  const hangUp = new AbortController();
  const env = { EDITOR: `${process.execPath} ${program}` };
  const opened = openLog({ file: 'api.log', line: undefined, signal: hangUp.signal }, env);
  await eventually('the editor is open', () => existsSync(said) && Number(readFileSync(said, 'utf8')) > 0);
  const pid = Number(readFileSync(said, 'utf8'));
  onTestFinished(() => {
    if (readFileSync(said, 'utf8') === String(pid)) signalAll([{ pid }], 'SIGKILL');
  });
  hangUp.abort();
  await opened;
  expect(readFileSync(said, 'utf8')).toBe('hung up');
});
