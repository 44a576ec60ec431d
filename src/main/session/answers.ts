// Keeps `.devdeck/answers` for as long as the session lives: written when what it tells has changed, with a sign of life
// by which whoever reads it knows that this process is not merely there. What it says: answer-text.ts.
// Trap: it needs the texts of commands, which are loaded only after the first services have started.

import { closeSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CONFIG_FILE } from '../../config/find.ts';
import type { SessionSnapshot } from '../../core/session/snapshot.ts';
import type { StatusReader } from '../../supervisor/session/session-files.ts';
import type * as AnswerTexts from './answer-text.ts';
import type { UrlProofs } from './url-proofs.ts';
import { IS_LINUX } from '../platform/platform-choice.ts';
import { uptimeHundredths } from '../../system/linux/proc.ts';
import type { RuntimePaths } from '../../system/state/runtime-dir.ts';
import { writeAtomically } from '../../system/state/state-files.ts';
import type { Platform } from '../../system/platform.ts';
import { ownIdentity } from '../../system/process/processes.ts';
import type { Clock, ProcessIdentity } from '../../system/system.ts';

/** A sign of life that is out of date. */
const NEVER = 0;

export interface AnswersOptions {
  readonly paths: Pick<RuntimePaths, 'answersFile'>;
  readonly configFile: string;
  readonly clock: Clock;
  readonly supervisor: ProcessIdentity;
  readonly boot: string;
  readonly version: string;
}

/** Undefined where there is no /proc to prove by that the session lives. */
export function createAnswers(
  platform: Platform,
  place: Pick<AnswersOptions, 'paths' | 'configFile' | 'clock'>,
): Answers | undefined {
  if (!IS_LINUX) return undefined;
  const boot = platform.currentBoot();
  return new Answers({ ...place, supervisor: ownIdentity(platform), boot, version: DEVDECK_VERSION });
}

export class Answers implements StatusReader {
  readonly #options: AnswersOptions;
  #texts: typeof AnswerTexts | undefined;
  #proofs: UrlProofs | undefined;
  #told: { readonly snapshot: SessionSnapshot; readonly json: string } | undefined;
  /** What is written in the file that lies there. */
  #written: string | undefined;
  #file: number | undefined;
  #hasBegun = false;
  #isInDoubt = true;
  #isClosed = false;
  readonly #path: string;

  constructor(options: AnswersOptions) {
    this.#options = options;
    const { paths, boot, supervisor } = options;
    this.#path = `${paths.answersFile}.${boot}.${supervisor.pid}.${supervisor.startTicks}`;
  }

  /**
   * Until the next update Node answers, so that no client gets an answer from before a known change. Called for changes
   * of state alone; what was measured since may be told a quarter of a second later.
   */
  doubt(): void {
    this.#isInDoubt = true;
    this.#sign(NEVER);
  }

  update(told: { readonly snapshot: SessionSnapshot; readonly json: string } | undefined): void {
    this.#told = told;
    this.#isInDoubt = false;
    if (this.#hasBegun) this.#write();
    else void this.#begin();
  }

  /** A sign of life. The file is believed for two seconds after each. */
  beat(): void {
    if (!this.#isInDoubt && !this.#isClosed) this.#sign(uptimeHundredths());
  }

  /** From now on Node is asked. */
  close(): void {
    this.#isClosed = true;
    this.#remove();
  }

  async #begin(): Promise<void> {
    this.#hasBegun = true;
    const { UrlProofs } = await import('./url-proofs.ts');
    this.#proofs = new UrlProofs();
    this.#texts = await import('./answer-text.ts');
    this.#removeThoseOfOthers();
    this.#write();
  }

  #write(): void {
    if (this.#isClosed || this.#texts === undefined || this.#isInDoubt) return;
    if (this.#file !== undefined && this.#written === this.#told?.json) return this.#sign(uptimeHundredths());
    const { clock, version, configFile } = this.#options;
    try {
      const urls = this.#proofs?.of(this.#told?.snapshot.services ?? []) ?? [];
      const hasUsualConfig = basename(configFile) === CONFIG_FILE;
      const facts = { version, uptime: uptimeHundredths(), wallMs: clock.wallMs(), hasUsualConfig, urls };
      const text = this.#told === undefined ? undefined : this.#texts.answerText(this.#told.snapshot, facts);
      if (text === undefined) return this.#remove();
      writeAtomically(this.#path, text);
      if (this.#file !== undefined) closeSync(this.#file);
      this.#file = undefined;
      this.#file = openSync(this.#path, 'r+');
      this.#written = this.#told?.json;
    } catch {
      // Node answers as well. A full disk is reported by the writers of more important files.
      this.#remove();
    }
  }

  #sign(uptime: number): void {
    if (this.#file === undefined || this.#texts === undefined) return;
    const { beatText, beatOffset } = this.#texts;
    try {
      writeSync(this.#file, beatText(uptime), beatOffset(this.#options.version));
    } catch {
      this.#remove();
    }
  }

  #remove(): void {
    this.#written = undefined;
    if (this.#file === undefined) return;
    closeSync(this.#file);
    this.#file = undefined;
    try {
      rmSync(this.#path, { force: true });
    } catch {
      // Without a sign of life it does not count.
    }
  }

  /** Of supervisors that were killed, or that came with a copy. Nobody believes them. */
  #removeThoseOfOthers(): void {
    const { answersFile } = this.#options.paths;
    const folder = dirname(answersFile);
    try {
      const others = readdirSync(folder).filter((name) => name.startsWith(`${basename(answersFile)}.`));
      for (const path of others.map((name) => join(folder, name))) {
        if (path !== this.#path) rmSync(path, { force: true });
      }
    } catch {
      // What cannot be removed is not believed either.
    }
  }
}
