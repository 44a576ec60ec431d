// Decides how a session's state is written down, so that readers never see half of it, and how it is read back.
// What the values mean is left to others (recorded-session): a record says who *was*, and of which folder and boot.
// Trap: files are what an earlier version, a crash or a person left. Reading never throws and never trusts: what is not
// exactly as we would write it counts as absent.

import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { ProcessIdentity } from '../system.ts';

/**
 * What a record is bound to. A copy of the project, a restored backup and a checkout have another root folder, so a
 * record that came along with one is not taken for its own. Plain text, so that a shell can compare it:
 * `stat -c '%d %i' .` and /proc/sys/kernel/random/boot_id.
 */
export interface RecordMark {
  readonly bootId: string;
  readonly rootDevice: string;
  readonly rootInode: string;
}

/** Pid and start time are those of the supervisor. */
export interface SessionRecord extends ProcessIdentity, RecordMark {
  /** Also the value of `DEV_SESSION` in the environment of its services. */
  readonly sessionId: string;
  /** Its address, independent of the reader's environment. */
  readonly socket: string;
  /** RFC 3339 UTC. */
  readonly startedAt: string;
  readonly version: string;
  readonly root: string;
  /** The config it was opened with, absolute. */
  readonly configFile?: string;
  /** What `on_hangup` depends on: whether a screen opened the session, or a command that leaves it in the background. */
  readonly openedBy: 'screen' | 'command';
}

/** The leader of one run of a service. */
interface RunRecord extends ProcessIdentity {
  readonly service: string;
}

/** A container that ran as a service, or for one. Its id is never given to another. */
export interface ContainerRecord {
  readonly service: string;
  /** 64 hex digits. */
  readonly id: string;
  /** Made by devdeck, which removes it as well. */
  readonly isOurs: boolean;
}

/** Everything needed to find what a killed supervisor left behind. Pid and start time are those of the supervisor. */
export interface RunRecords extends ProcessIdentity, RecordMark {
  readonly sessionId: string;
  /** The control group of the session. */
  readonly group?: string | undefined;
  readonly runs: readonly RunRecord[];
  readonly containers: readonly ContainerRecord[];
}

const MAX_STATE_BYTES = 1024 * 1024;

/**
 * Replaces `path` in one step: a reader sees the old content or the new, and a full disk leaves the old.
 * @throws the system's error; nothing is left behind then
 */
export function writeAtomically(path: string, content: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    rmSync(temporary, { force: true });
    writeFileSync(temporary, content, { mode: 0o600, flag: 'wx' });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

export function writeSessionRecord(path: string, record: SessionRecord): void {
  writeAtomically(path, `${JSON.stringify(record, undefined, 2)}\n`);
}

export function readSessionRecord(path: string): SessionRecord | undefined {
  const value = readJson(path);
  if (value === undefined) return undefined;
  const { sessionId, socket, startedAt, version, root, configFile, openedBy } = value;
  const identity = parseIdentity(value);
  const mark = parseMark(value);
  if (identity === undefined || mark === undefined) return undefined;
  if (openedBy !== 'screen' && openedBy !== 'command') return undefined;
  if (!isText(sessionId) || !isText(socket)) return undefined;
  if (!isText(startedAt) || !isText(version) || !isText(root)) return undefined;
  const config = isText(configFile) ? { configFile } : {};
  return { ...identity, ...mark, sessionId, socket, startedAt, version, root, ...config, openedBy };
}

/** Removes a JSON file that carries our session id, and leaves that of a newer session alone. */
export function removeIfOurs(path: string, sessionId: string): boolean {
  if (readJson(path)?.['sessionId'] !== sessionId) return false;
  rmSync(path, { force: true });
  return true;
}

export function writeRunRecords(path: string, records: RunRecords): void {
  writeAtomically(path, `${JSON.stringify(records, undefined, 2)}\n`);
}

export function readRunRecords(path: string): RunRecords | undefined {
  const value = readJson(path);
  if (value === undefined || !isText(value['sessionId'])) return undefined;
  const supervisor = parseIdentity(value);
  const mark = parseMark(value);
  if (supervisor === undefined || mark === undefined) return undefined;
  const rows = Array.isArray(value['runs']) ? (value['runs'] as readonly unknown[]) : [];
  const runs = rows.flatMap((row): readonly RunRecord[] => {
    const identity = isObject(row) ? parseIdentity(row) : undefined;
    return isObject(row) && identity !== undefined && isText(row['service'])
      ? [{ service: row['service'], ...identity }]
      : [];
  });
  const found = Array.isArray(value['containers']) ? (value['containers'] as readonly unknown[]) : [];
  const containers = found.flatMap((row): readonly ContainerRecord[] => {
    const { service, id, isOurs } = isObject(row) ? row : {};
    if (!isText(service) || typeof id !== 'string' || !/^[0-9a-f]{64}$/.test(id)) return [];
    return [{ service, id, isOurs: isOurs === true }];
  });
  const group = isText(value['group']) ? { group: value['group'] } : {};
  return { ...supervisor, ...mark, sessionId: value['sessionId'], ...group, runs, containers };
}

/**
 * `status.json`: the same object as `status --json`. Callers coalesce, to four a second at most.
 * A file that says so already is left as it is: a session at rest keeps no disk awake.
 */
export function writeStatus(path: string, json: string): void {
  const text = json.endsWith('\n') ? json : `${json}\n`;
  if (readSmallFile(path) !== text) writeAtomically(path, text);
}

/** `pids/NAME.pid`, for other people's tools. We ourselves trust run records alone, for a bare pid proves nothing. */
export function writePidFile(pidsDir: string, service: string, pid: number): void {
  writeAtomically(join(pidsDir, `${service}.pid`), `${pid}\n`);
}

/** Removes the service's pid file if it still names `pid`. */
export function removePidFile(pidsDir: string, service: string, pid: number): void {
  const path = join(pidsDir, `${service}.pid`);
  if (parsePid(readSmallFile(path)?.trim()) === pid) rmSync(path, { force: true });
}

/** Removes all of them: what earlier sessions left names processes that are gone, or not of this session. */
export function clearPidFiles(pidsDir: string): void {
  for (const name of readdirSync(pidsDir)) if (name.endsWith('.pid')) rmSync(join(pidsDir, name), { force: true });
}

function parseIdentity(value: Readonly<Record<string, unknown>>): ProcessIdentity | undefined {
  const pid = parsePid(value['pid']);
  const startTicks = value['startTicks'];
  if (pid === undefined || !Number.isSafeInteger(startTicks) || (startTicks as number) < 0) return undefined;
  return { pid, startTicks: startTicks as number };
}

function parseMark(value: Readonly<Record<string, unknown>>): RecordMark | undefined {
  const { bootId, rootDevice, rootInode } = value;
  return isText(bootId) && isText(rootDevice) && isText(rootInode) ? { bootId, rootDevice, rootInode } : undefined;
}

/** A pid as we write it, in decimal digits and nothing else: `kill(0)` and `kill(-1)` must never come out of a file. */
function parsePid(value: unknown): number | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  return /^[1-9][0-9]{0,9}$/.test(String(value)) ? Number(value) : undefined;
}

/** Undefined when it is missing or no JSON object. */
export function readJson(path: string): Readonly<Record<string, unknown>> | undefined {
  const text = readSmallFile(path);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined for anything but a regular file of this user and of moderate size; never waits, as reading a FIFO would. */
function readSmallFile(path: string): string | undefined {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  try {
    const stats = fstatSync(fd);
    const isOurs = process.getuid === undefined || stats.uid === process.getuid();
    return stats.isFile() && isOurs && stats.size <= MAX_STATE_BYTES ? readFileSync(fd, 'utf8') : undefined;
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
