// Which lines of a log go together: a stack trace, and what else is indented below a line, belongs to that line and has
// its level. Knows the traces of Python, Node, Java, Ruby, Go and Rust, and the details of PostgreSQL.
// One instance reads the lines of one service in order; it may begin anywhere, also within a trace.

import { isErrorLevel, type LogLevel, levelOf } from './log-level.ts';
import { withoutColour } from './plain-line.ts';

export interface GroupedLine {
  /** Its own, or that of the line it belongs to. */
  readonly level: LogLevel | undefined;
  /** Belongs to the line before it. */
  readonly continues: boolean;
}

/** What may follow without being indented. */
type Trace = 'python' | 'go' | 'rust' | 'other';

interface Group {
  readonly level: LogLevel;
  readonly trace: Trace;
  /** Python names the exception, Rust its message, in the next line that is not indented; after it only a cause may follow. */
  readonly awaitsMessage: boolean;
  /** Blank lines end a group, unless the next one says that it continues. */
  readonly afterBlank: boolean;
}

const FRAME = /^\s+(?:at .*[:)]|File ".*", line \d+|from .*:\d+:in )/;
const PYTHON_TRACE = /^\s*(?:[+|] Exception Group )?Traceback \(most recent call last\):/;
const PYTHON_CHAIN = /^(?:During handling of the above exception|The above exception was the direct cause)/;
const RUST_PANIC = /^thread '.*' (?:\(\d+\) )?panicked at /;
const GO_PANIC = /^(?:panic: |fatal error: )/;
const GO_PART = /^(?:goroutine \d+ |\[signal |created by |exit status \d|runtime\.|\.\.\.)/;
/** Of a line that ends in a bracket: `main.(*Server).handle(0x1, 0x2)`. */
const GO_CALL = /^[\w./*)-]*\(/;
const RUST_PART = /^(?:note: |stack backtrace:)/;
const ANY_PART = /^(?:Caused by: |Suppressed: |\.{3} \d+ more|[}\])]+[,;]?$|Node\.js v\d)/;
const POSTGRES_DETAIL = / (?:DETAIL|HINT|CONTEXT|STATEMENT|QUERY): {2}/;

export class LogGroups {
  #group: Group | undefined;

  /** Takes the next line. */
  next(text: string): GroupedLine {
    const line = withoutColour(text);
    const group = this.#group;
    if (group !== undefined) {
      const next = continued(group, line);
      if (next !== undefined) {
        this.#group = next;
        return { level: next.level, continues: true };
      }
    }
    if (line.trim() === '') {
      this.#group = group === undefined ? undefined : { ...group, afterBlank: true };
      return { level: undefined, continues: false };
    }
    // A window that begins within a trace: its first line is out of sight.
    const level = levelOf(line) ?? (FRAME.test(line) ? 'error' : undefined);
    this.#group = level === undefined ? undefined : begun(level, line);
    return { level, continues: false };
  }
}

function begun(level: LogLevel, line: string): Group {
  const base = { level, afterBlank: false };
  if (PYTHON_TRACE.test(line)) return { ...base, trace: 'python', awaitsMessage: !/^\s/.test(line) };
  if (RUST_PANIC.test(line)) return { ...base, trace: 'rust', awaitsMessage: true };
  return { ...base, trace: GO_PANIC.test(line) ? 'go' : 'other', awaitsMessage: false };
}

/** The group with this line in it; undefined when the line is not of it. */
function continued(group: Group, line: string): Group | undefined {
  if (line.trim() === '') return group.trace === 'go' || group.awaitsMessage ? goingOn(group) : undefined;
  // Also after an error that was logged: Python's loggers write the trace below the message.
  if (PYTHON_TRACE.test(line)) return isErrorLevel(group.level) ? begun(group.level, line) : undefined;
  if (/^\s/.test(line)) {
    const belongs = group.awaitsMessage || FRAME.test(line) || levelOf(line) === undefined;
    return belongs ? goingOn(group) : undefined;
  }
  if (group.awaitsMessage) return isCalm(line) ? undefined : { ...goingOn(group), awaitsMessage: false };
  const isPart =
    (group.trace === 'python' && PYTHON_CHAIN.test(line)) ||
    (group.trace === 'go' && isGoPart(line)) ||
    (group.trace === 'rust' && RUST_PART.test(line)) ||
    (!group.afterBlank && (ANY_PART.test(line) || POSTGRES_DETAIL.test(line)));
  return isPart ? goingOn(group) : undefined;
}

function isGoPart(line: string): boolean {
  return GO_PART.test(line) || (line.endsWith(')') && GO_CALL.test(line));
}

function goingOn(group: Group): Group {
  return group.afterBlank ? { ...group, afterBlank: false } : group;
}

/** Another line got between a trace and its message. */
function isCalm(line: string): boolean {
  const level = levelOf(line);
  return level !== undefined && !isErrorLevel(level);
}
