// The text of `.devdeck/answers.BOOT.PID.TICKS`, whose name says which supervisor it is of, and from which bin/answer.sh
// and bin/complete.sh answer without Node:
//   devdeck 3 VERSION
//   BEAT                                      hundredths of a second of uptime, as of the last sign of life
//   CODE READY PLAIN                          the exit code of status; + or -: whether `ensure` would find all ready, and
//                                             whether status.json may be printed as it is
//   WIDTH NOTES                               of the widest line without its uptime; the number of other lines
//   START …                                   of each row: when it began, like BEAT (before the boot: below 0); - without an uptime
//   CONFIG SERVICE …                          + or -: whether these are the services of .project.config as it is on disk
//   ACTION …
//   NAME URL PORT SOCKET,… …                  of each service whose address can be proven: its port in four hex digits, and all
//                                             sockets that listen there as INODE:PID:TICKS:DESCRIPTOR of a process that holds it
// Then three parts, each ended by a dot: status, status in colour, ensure. Of a row, L is what stands left of its uptime and
// R what stands right of it; N is a whole line. An uptime alone changes with time, so nothing is written while all rests.

import { addressLines } from '../../cli/text/address-lines.ts';
import { paint, plain } from '../../cli/context/output.ts';
import { chosenServices, isInConflict, isSettled, withDependencies } from '../../cli/context/services.ts';
import { serviceTable } from '../../cli/text/status-table.ts';
import { statusLines } from '../../cli/text/status-lines.ts';
import type { ServiceView, SessionSnapshot } from '../../core/session/snapshot.ts';
import { terminalSafe } from '../../core/output/unseen.ts';
import { EXIT } from '../../errors.ts';
import type { Paint } from '../../format/table.ts';
import { displayWidth } from '../../format/text.ts';

/** Of the width of the heading, which it stands in for as well. */
const UPTIME = '\uE000\uE001\uE002\uE003\uE004\uE005';
const HEADING = 'UPTIME';
/** So many digits of hundredths of a second, padded with blanks: BEAT is written again in its place. */
export const BEAT_LENGTH = 12;

export interface AnswerFacts {
  readonly version: string;
  /** Hundredths of a second since the boot, and the wall clock at that moment. */
  readonly uptime: number;
  readonly wallMs: number;
  /** The session runs by the file `.project.config`. */
  readonly hasUsualConfig: boolean;
  readonly urls: readonly string[];
}

/** In bytes; where BEAT stands. */
export function beatOffset(version: string): number {
  return `devdeck 3 ${version}\n`.length;
}

/** Undefined where the snapshot has something that cannot be told in this form. */
export function answerText(snapshot: SessionSnapshot, facts: AnswerFacts): string | undefined {
  const { session, services } = snapshot;
  const parts = [plain, paint].map((style) => tableLines(snapshot, style));
  const [rows = []] = parts;
  if (rows.length === 0) return undefined;
  const width = Math.max(...rows.map(({ left, right }) => displayWidth(left) + displayWidth(right ?? '')));
  const notes = rows.filter(({ right }) => right === undefined).length;
  const addresses = addressLines(chosenServices(services, [])).map((left) => ({ left: terminalSafe(left) }));
  const json = JSON.stringify(snapshot);
  const isPlain = terminalSafe(json) === json;
  const code = chosenServices(services, []).every(isSettled) ? EXIT.ok : EXIT.notReady;
  const marks = [code, mark(isAllReady(snapshot)), mark(isPlain)];
  return [
    `devdeck 3 ${facts.version}`,
    beatText(facts.uptime),
    marks.join(' '),
    `${width} ${notes}`,
    services.map((view) => startOf(view, facts)).join(' '),
    [mark(facts.hasUsualConfig && session.config === undefined), ...services.map(({ name }) => name)].join(' '),
    (session.actions ?? []).map(({ name }) => name).join(' '),
    facts.urls.join(' '),
    ...[...parts, addresses].flatMap((part) => [...part.flatMap(lineText), '.']),
    '',
  ].join('\n');
}

export function beatText(uptime: number): string {
  return String(Math.floor(uptime)).padStart(BEAT_LENGTH);
}

interface Line {
  /** Of the uptime; the whole line when there is no right. */
  readonly left: string;
  readonly right?: string;
}

/** Empty when a line is not what it should be. */
function tableLines(snapshot: SessionSnapshot, style: Paint): readonly Line[] {
  const table = serviceTable(snapshot.services, { paint: style, width: Infinity, uptimeOf: () => UPTIME });
  const lines = terminalSafe(statusLines(snapshot, table, style).join('\n')).split('\n');
  const marked = lines.filter((line) => line.includes(UPTIME));
  if (snapshot.services.length > 0 && marked.length !== snapshot.services.length) return [];
  return lines.map((line, index) => {
    const isHeading = index === 0 && snapshot.services.length > 0;
    const at = isHeading ? line.lastIndexOf(HEADING) : line.indexOf(UPTIME);
    return at < 0 ? { left: line } : { left: line.slice(0, at), right: line.slice(at + HEADING.length) };
  });
}

function lineText({ left, right }: Line): readonly string[] {
  return right === undefined ? [`N${left}`] : [`L${left}`, `R${right}`];
}

function startOf({ startedAt }: ServiceView, { uptime, wallMs }: AnswerFacts): string {
  if (startedAt === null) return '-';
  return String(Math.round(uptime - (wallMs - Date.parse(startedAt)) / 10));
}

function mark(holds: boolean): string {
  return holds ? '+' : '-';
}

/** A start of everything would start nothing, and there is nothing to say but where it is. */
function isAllReady({ session, services }: SessionSnapshot): boolean {
  const involved = withDependencies(services, []);
  const isInTrouble = involved.some((view) => isInConflict(view) || view.isStuck);
  const isAtRest = !session.ending && session.config === undefined;
  return isAtRest && !isInTrouble && services.every((view) => view.wanted && isSettled(view));
}
