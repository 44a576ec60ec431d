import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, constants, mkdirSync, openSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { readEnvFile } from '../../../src/system/files/env-file.ts';
import { EnvPipes } from '../../../src/system/files/env-pipes.ts';
import { createFiles } from '../../../src/system/files/files.ts';
import { eventually } from '../../helpers/eventually.ts';
import { tempDir } from '../temp-dir.ts';

let path: string;

beforeEach(() => {
  path = join(tempDir(), '.env');
});

const bytesOf = (text: string, encoding: 'utf16le' | 'latin1') => Buffer.from(text, encoding);

describe('an env file', () => {
  it.each([
    ['UTF-8', Buffer.from('A=ä\n'), 'A=ä\n'],
    ['UTF-16 of PowerShell', bytesOf('\uFEFFA=ä\r\n', 'utf16le'), 'A=ä\r\n'],
    ['UTF-16 with the other byte order', bytesOf('\uFEFFA=1\n', 'utf16le').swap16(), 'A=1\n'],
    ['a comment in another encoding', bytesOf('# für uns\nA=1\n', 'latin1'), '# f\uFFFDr uns\nA=1\n'],
    ['a real replacement character', Buffer.from('A=\uFFFD\n'), 'A=\uFFFD\n'],
  ])('is read: %s', (_, bytes, text) => {
    writeFileSync(path, bytes);
    expect(readEnvFile(path)).toEqual({ kind: 'text', text });
  });

  it.each([
    ['a value in another encoding', bytesOf('A=1\nB=für\n', 'latin1'), 'is not UTF-8 in line 2'],
    ['NUL bytes', Buffer.from('A=1\nB=\0\n'), 'holds a NUL byte in line 2'],
    ['UTF-16 without its mark', bytesOf('A=1\n', 'utf16le'), 'holds a NUL byte in line 1'],
    ['more than 1 MiB', Buffer.alloc(1_100_000, '#'), 'is larger than 1 MiB (1100000 bytes)'],
  ])('is refused with the reason: %s', (_, bytes, why) => {
    writeFileSync(path, bytes);
    expect(readEnvFile(path)).toMatchObject({ kind: 'unusable', why });
  });

  it('may be missing, empty, or the folder of a Python environment', () => {
    expect(readEnvFile(path)).toEqual({ kind: 'none' });
    symlinkSync('/dev/null', path);
    expect(readEnvFile(path)).toEqual({ kind: 'text', text: '' });
    const folder = join(tempDir(), '.env');
    mkdirSync(folder);
    writeFileSync(join(folder, 'pyvenv.cfg'), '');
    expect(readEnvFile(folder)).toMatchObject({ kind: 'none' });
  });

  it.skipIf(process.getuid?.() === 0)('says so when it may not be read', () => {
    writeFileSync(path, 'A=1');
    chmodSync(path, 0);
    expect(readEnvFile(path)).toMatchObject({ why: 'may not be read: permission denied', hint: `chmod u+r ${path}` });
  });

  it.each([
    ['is a folder', () => mkdirSync(path)],
    ['is a link to a file that does not exist', () => symlinkSync(`${path}.local`, path)],
    ['is a device', () => symlinkSync('/dev/zero', path)],
    ['cannot be read: it is a symbolic link, or there are too many on the way', () => symlinkSync(path, path)],
  ])('that %s is refused', (why, make) => {
    make();
    expect(readEnvFile(path)).toMatchObject({ kind: 'unusable', why });
  });

  it('that is a socket is refused', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    onTestFinished(() => void server.close());
    expect(readEnvFile(path)).toMatchObject({ why: 'is a socket' });
  });
});

describe('a named pipe', () => {
  /** Opens the pipe as soon as somebody reads it: without a reader the system refuses. */
  async function writerOf(pipe: string): Promise<number> {
    return eventually('somebody reads the pipe', () => {
      try {
        return openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
      } catch {
        return undefined;
      }
    });
  }

  async function write(pipe: string, ...parts: readonly string[]): Promise<void> {
    const writer = await writerOf(pipe);
    for (const part of parts) writeSync(writer, part);
    closeSync(writer);
  }

  beforeEach(() => {
    execFileSync('mkfifo', [path]);
  });

  it('is not opened by a mere look', async () => {
    const files = createFiles();
    expect(files.isPipe(path)).toBe(true);
    expect(files.readEnvFile(path)).toEqual({ kind: 'pipe' });
    expect(files.read(path)).toBeUndefined();
    // Without a reader, opening it for writing fails: nobody has opened it.
    expect(() => openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)).toThrow('ENXIO');
  });

  it('is read until its writer closes it, once for simultaneous readers', async () => {
    const files = createFiles();
    const readings = [files.readPipe(path), files.readPipe(path)];
    await write(path, 'A=1\n', 'B=2\n');
    expect(await Promise.all(readings)).toEqual(['read', 'read']);
    expect(files.readEnvFile(path)).toEqual({ kind: 'text', text: 'A=1\nB=2\n' });
    expect(await files.readPipe(path)).toBe('read');
  });

  it('is reported when it stays empty, and can be read later', async () => {
    const pipes = new EnvPipes({ limitMs: 20 });
    expect(await pipes.read(path)).toBe('failed');
    expect(pipes.content(path)).toMatchObject({ why: 'is a named pipe, and nothing wrote to it within 0.02 s' });
    const patient = new EnvPipes();
    const reading = patient.read(path);
    await write(path, 'A=2\n');
    expect(await reading).toBe('read');
    expect(patient.content(path)).toEqual({ kind: 'text', text: 'A=2\n' });
  });

  it('is refused with the reason when it holds no text', async () => {
    const pipes = new EnvPipes();
    const reading = pipes.read(path);
    await write(path, 'A=\0\n');
    expect(await reading).toBe('failed');
    expect(pipes.content(path)).toMatchObject({ why: 'holds a NUL byte in line 1' });
  });
});
