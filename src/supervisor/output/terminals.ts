// The terminals of the services: the size of each, its connected clients, the modes that its program has set, and
// what it shows. Output reaches those who are connected as it comes, beside the log and not instead of it.
// A service is as large as the log pane of the screen, and as the smallest terminal connected to it while there is one.
// A question of a program to its terminal is answered here, once; connected terminals do not get the question.

import type { ServiceName } from '../../core/model/project.ts';
import type { ServiceTerminal, TerminalEvent, TerminalSize } from '../../core/session/session.ts';
import { SequenceSplitter } from '../../core/terminal/sequence-splitter.ts';
import { StatusReports } from '../../core/terminal/status-reports.ts';
import { answerTo, QUESTIONS } from '../../core/terminal/terminal-answers.ts';
import { TerminalModes } from '../../core/terminal/terminal-modes.ts';
import { drawing, TerminalPicture } from '../../core/terminal/terminal-picture.ts';
import type { Clock } from '../../system/system.ts';
import type { Runs } from '../runs/runs.ts';

/** Long enough for a program to notice the first of two sizes. */
const REDRAW_PAUSE_MS = 60;
/** A program that asks faster than it is answered gets no more. */
const MOST_QUESTIONS = 256;
/** What is typed ahead of a start; a person types no more. */
const MOST_TYPED_BYTES = 4096;
/** Ctrl-C discards input typed ahead, as in every terminal. */
const INTERRUPT = 0x03;

interface TerminalsOptions {
  readonly clock: Clock;
  readonly runs: Runs;
  /** Its program will run, though it does not yet. */
  readonly isAwaited: (service: ServiceName) => boolean;
  /** False for one on plain pipes. */
  readonly hasTerminal: (service: ServiceName) => boolean;
  readonly paneSize: TerminalSize;
  /** Its program tells its status, in a report with this body. */
  readonly onStatus: (service: ServiceName, body: string) => void;
}

interface Viewer {
  size: TerminalSize;
  hear: (event: TerminalEvent) => void;
}

class Place {
  readonly modes = new TerminalModes();
  readonly questions = new SequenceSplitter(QUESTIONS);
  readonly reports = new StatusReports();
  readonly viewers = new Set<Viewer>();
  readonly picture: TerminalPicture;
  isRunning = false;
  /** Typed ahead of the start. */
  typed: Uint8Array[] = [];
  /** Settles when every question so far is answered: answers come in their order. */
  answered: Promise<void> = Promise.resolve();
  unanswered = 0;

  constructor(size: TerminalSize) {
    this.picture = new TerminalPicture(size, () => this.modes.sequences());
  }

  tell(event: TerminalEvent): void {
    for (const { hear } of this.viewers) hear(event);
  }
}

export class Terminals {
  readonly #options: TerminalsOptions;
  readonly #places = new Map<ServiceName, Place>();
  #paneSize: TerminalSize;

  constructor(options: TerminalsOptions) {
    this.#options = options;
    this.#paneSize = options.paneSize;
  }

  sizeOf(service: ServiceName): TerminalSize {
    const sizes = [...(this.#places.get(service)?.viewers ?? [])].map(({ size }) => size);
    if (sizes.length === 0) return this.#paneSize;
    return {
      columns: Math.min(...sizes.map(({ columns }) => columns)),
      rows: Math.min(...sizes.map(({ rows }) => rows)),
    };
  }

  resizePane(size: TerminalSize): void {
    this.#paneSize = size;
    for (const service of this.#places.keys()) this.#applySize(service);
  }

  beginRun(service: ServiceName): void {
    const place = this.#place(service);
    place.modes.reset();
    place.questions.reset();
    place.reports.reset();
    place.picture.reset();
    place.isRunning = true;
    place.tell({ type: 'runBegan' });
  }

  /** The process of the run takes what is typed from now on, first of all what was typed before. */
  typeAhead(service: ServiceName): void {
    const place = this.#place(service);
    for (const bytes of place.typed.splice(0)) this.#options.runs.current(service)?.child.write(bytes);
  }

  output(service: ServiceName, bytes: Uint8Array): void {
    if (!this.#options.hasTerminal(service)) return;
    const place = this.#place(service);
    for (const body of place.reports.push(bytes)) this.#options.onStatus(service, body);
    for (const piece of place.questions.split(bytes)) {
      if (typeof piece === 'string') this.#answer(service, place, piece);
      else this.#show(place, piece);
    }
  }

  endRun(service: ServiceName): void {
    const place = this.#place(service);
    place.modes.reset();
    place.questions.reset();
    place.isRunning = false;
    place.tell({ type: 'runEnded' });
  }

  async open(
    service: ServiceName,
    size: TerminalSize,
    listener: (event: TerminalEvent) => void,
  ): Promise<ServiceTerminal> {
    const place = this.#place(service);
    const later: TerminalEvent[] = [];
    const viewer: Viewer = { size, hear: (event) => void later.push(event) };
    place.viewers.add(viewer);
    this.#applySize(service);
    const { isRunning, modes } = place;
    const sequences = modes.sequences();
    if (modes.isFullScreen) this.#askToRedraw(service);
    const screen = await place.picture.look((shown) => sequences + drawing(shown));
    listener({ type: 'opened', screen, isRunning });
    for (const event of later) listener(event);
    viewer.hear = listener;
    return {
      write: (bytes) => this.#type(service, place, bytes),
      resize: (next) => {
        viewer.size = next;
        this.#applySize(service);
      },
      close: () => {
        if (place.viewers.delete(viewer)) this.#applySize(service);
      },
    };
  }

  #place(service: ServiceName): Place {
    let place = this.#places.get(service);
    if (place === undefined) {
      place = new Place(this.#paneSize);
      this.#places.set(service, place);
    }
    return place;
  }

  #show(place: Place, bytes: Uint8Array): void {
    place.modes.push(bytes);
    place.picture.push(bytes);
    if (place.viewers.size > 0) place.tell({ type: 'output', bytes });
  }

  #type(service: ServiceName, place: Place, bytes: Uint8Array): void {
    const run = this.#options.runs.current(service);
    if (run !== undefined && !run.hasExited) return run.child.write(bytes);
    if (!this.#options.isAwaited(service)) return;
    const interrupt = bytes.lastIndexOf(INTERRUPT);
    if (interrupt !== -1) place.typed = [];
    const typed = bytes.subarray(interrupt + 1);
    const length = place.typed.reduce((sum, { byteLength }) => sum + byteLength, typed.length);
    if (length <= MOST_TYPED_BYTES) place.typed.push(Buffer.from(typed));
  }

  #answer(service: ServiceName, place: Place, question: string): void {
    const child = this.#options.runs.current(service)?.child;
    if (child === undefined || place.unanswered >= MOST_QUESTIONS) return;
    place.unanswered += 1;
    const { columns, rows } = place.picture.size;
    // Looked up now: what comes after the question must not move the cursor that it asks for.
    const answer = answerTo(question, {
      columns,
      rows,
      isSet: (mode) => place.modes.isSet(mode),
      cursor: () => place.picture.look(({ cursor }) => ({ ...cursor, column: Math.min(columns, cursor.column) })),
    });
    place.answered = Promise.all([answer, place.answered]).then(([text]) => {
      place.unanswered -= 1;
      if (text !== undefined) child.write(Buffer.from(text, 'latin1'));
    });
  }

  #applySize(service: ServiceName): void {
    const size = this.sizeOf(service);
    this.#place(service).picture.resize(size);
    this.#options.runs.current(service)?.child.resize(size.columns, size.rows);
  }

  /** Programs redraw everything for another size, and nothing for the same one. */
  #askToRedraw(service: ServiceName): void {
    const { columns, rows } = this.sizeOf(service);
    this.#options.runs.current(service)?.child.resize(columns, Math.max(1, rows - 1));
    this.#options.clock.after(REDRAW_PAUSE_MS, () => this.#applySize(service));
  }
}
