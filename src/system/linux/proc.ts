// Reads single facts from Linux' /proc; judges nothing.
// Everything is synchronous: a read of /proc never waits for a disk, and a snapshot that spans turns of the
// event loop would mix two moments.
// Trap: a process may end between two reads, and hidepid or another owner may hide it; both read as undefined.

import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { NODE_THREAD, type ProcessRow } from '../platform.ts';

const NO_FILES_LEFT: ReadonlySet<string | undefined> = new Set(['EMFILE', 'ENFILE', 'ENOMEM']);

const auxiliary = readAuxiliaryVector();

/** Clock ticks a second in all of /proc (AT_CLKTCK of getauxval(3)); 100 on every common machine. */
export const ticksPerSecond = auxiliary.get(17) ?? 100;
const pageBytes = auxiliary.get(6) ?? 4096;

/** The real user id; undefined when the process has ended or is hidden. */
export function readUid(pid: number): number | undefined {
  const uid = /^Uid:\t(\d+)/m.exec(readText(`/proc/${pid}/status`) ?? '')?.[1];
  return uid === undefined ? undefined : Number(uid);
}

/** The kernel gives it whole to one read. Used for one process after the other. */
const statLine = Buffer.allocUnsafeSlow(4096);

/** The process with this pid, zombies included, in one read; undefined when there is none or it is hidden. */
export function readStat(pid: number): ProcessRow | undefined {
  const text = readStart(`/proc/${pid}/stat`, statLine, 1);
  return text === undefined ? undefined : parseStat(text);
}

/**
 * Every process that can be seen, zombies included, by rising pid.
 * Looks twice, so that a process whose parent forked it and ended while we read is not missed.
 * @param readRow for callers that know some of them already
 */
export function readProcessTable(readRow: (pid: number) => ProcessRow | undefined = readStat): ProcessRow[] {
  const rows = new Map<number, ProcessRow | undefined>();
  for (let look = 0; look < 2; look += 1) {
    for (const entry of readdirSync('/proc')) {
      const pid = Number(entry);
      if (Number.isInteger(pid) && !rows.has(pid)) rows.set(pid, readRow(pid));
    }
  }
  return [...rows.values()].filter((row) => row !== undefined).sort((a, b) => a.pid - b.pid);
}

/** The environment the process was started with, `KEY=value` entries each ended by NUL. */
export function readEnviron(pid: number): string | undefined {
  return readText(`/proc/${pid}/environ`);
}

/** It may have megabytes, of which nobody is shown more. Used for one read after the other. */
const commandLine = Buffer.allocUnsafeSlow(128 * 1024);

/**
 * The argument list, its first 128 KiB; empty for kernel threads and zombies. The process may have rewritten it: never
 * print it raw.
 */
export function readCommandLine(pid: number): string[] | undefined {
  const text = readStart(`/proc/${pid}/cmdline`, commandLine);
  return text === '' ? [] : text?.replace(/\0$/, '').split('\0');
}

/** See ProcessReader.nameOf. */
export function programName({ pid, name }: Pick<ProcessRow, 'pid' | 'name'>): string {
  return name === NODE_THREAD ? basename(readCommandLine(pid)?.[0] ?? name) : name;
}

export function readCwd(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

let knownBootId: string | undefined;

/** Changes with every boot; start times of two boots cannot be compared. */
export function bootId(): string {
  knownBootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return knownBootId;
}

/** By the kernel: a session needs one before its first service, and loading crypto takes a fifth of a start of Node. */
export function randomId(): string {
  return readFileSync('/proc/sys/kernel/random/uuid', 'utf8').trim();
}

/** Hundredths of a second since the boot, time asleep included: as a shell reads it without a program. */
export function uptimeHundredths(): number {
  return Number(readFileSync('/proc/uptime', 'utf8').split(' ', 1)[0]?.replace('.', ''));
}

/** Milliseconds since the epoch at which a process with this start time began, by today's wall clock. */
export function startedAtMs(startTicks: number): number {
  const uptimeMs = Number.parseFloat(readFileSync('/proc/uptime', 'utf8')) * 1000;
  return Math.round(Date.now() - uptimeMs + (startTicks * 1000) / ticksPerSecond);
}

/** Parses /proc/PID/stat, see proc_pid_stat(5). The name may hold spaces and brackets, so it ends at the last one. */
function parseStat(text: string): ProcessRow | undefined {
  const nameStart = text.indexOf('(');
  const nameEnd = text.lastIndexOf(')');
  if (nameStart < 0 || nameEnd < nameStart) return undefined;
  const fields = text.slice(nameEnd + 2).split(' ');
  const field = (number: number) => Number(fields[number - 3]);
  return {
    pid: Number(text.slice(0, nameStart)),
    name: text.slice(nameStart + 1, nameEnd),
    state: fields[0] ?? '',
    ppid: field(4),
    pgid: field(5),
    sid: field(6),
    cpuMs: ((field(14) + field(15)) * 1000) / ticksPerSecond,
    threads: field(20),
    startTicks: field(22),
    rssBytes: field(24) * pageBytes,
  };
}

/** @throws when no file can be opened: an unreadable process has not ended */
function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (NO_FILES_LEFT.has((error as NodeJS.ErrnoException).code)) throw error;
    return undefined;
  }
}

function readStart(path: string, buffer: Buffer, mostReads = Number.POSITIVE_INFINITY): string | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    let length = 0;
    for (let reads = 0, count = -1; reads < mostReads && count !== 0 && length < buffer.length; length += count) {
      count = readSync(descriptor, buffer, length, buffer.length - length, null);
      reads += 1;
    }
    return buffer.toString('utf8', 0, length);
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** What the kernel told this process about itself: pairs of machine words, type and value. */
function readAuxiliaryVector(): Map<number, number> {
  const vector = new Map<number, number>();
  try {
    const bytes = readFileSync('/proc/self/auxv');
    for (let at = 0; at + 16 <= bytes.length; at += 16) {
      vector.set(Number(bytes.readBigUInt64LE(at)), Number(bytes.readBigUInt64LE(at + 8)));
    }
  } catch {
    // A /proc without it: the values common to all machines stand in.
  }
  return vector;
}
