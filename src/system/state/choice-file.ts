// A person's remembered choices about taken ports, in `.devdeck/choices.json`. The file is read at each use, so a
// choice that one program forgets is gone for all. Trap: a choice may be a kill. Nobody made it in a copy of the
// project, so it counts only in its own folder.

import { CONFLICT_CHOICES } from '../../core/model/vocabulary.ts';
import { dirname } from 'node:path';
import { mkdirSync } from 'node:fs';
import { withRemembered, type RememberableChoice, type RememberedChoice } from '../../core/ports/remembered-choice.ts';
import type { RuntimePaths } from './runtime-dir.ts';
import { isObject, isText, readJson, writeAtomically } from './state-files.ts';
import type { Choices } from '../system.ts';

const CHOICES: ReadonlySet<string> = new Set(CONFLICT_CHOICES.filter((choice) => choice !== 'retry'));

/** The root folder that they were made in. Not its device: that may have another number after a reboot. */
type ChoicesRoot = Pick<RuntimePaths, 'rootInode'>;

export function createChoices(path: string, root: ChoicesRoot): Choices {
  const list = (): readonly RememberedChoice[] => {
    const choices = readChoices(path, root);
    return choices === 'foreign' ? [] : choices;
  };
  const write = (choices: readonly RememberedChoice[]): void => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeAtomically(path, `${JSON.stringify({ rootInode: root.rootInode, choices }, undefined, 2)}\n`);
  };
  return {
    list,
    remember: (choice) => write(withRemembered(list(), choice)),
    forget: (service) => {
      const known = list();
      const forgotten = known.filter((choice) => service === undefined || choice.service === service);
      if (forgotten.length > 0) write(known.filter((choice) => !forgotten.includes(choice)));
      return forgotten;
    },
  };
}

/** `foreign`: a person made them in another folder, and this file is a copy. */
export function readChoices(path: string, { rootInode }: ChoicesRoot): readonly RememberedChoice[] | 'foreign' {
  const file = readJson(path);
  if (file === undefined) return [];
  if (file['rootInode'] !== rootInode) return 'foreign';
  const rows = file['choices'];
  return Array.isArray(rows) ? rows.flatMap(readChoice) : [];
}

/** A row that is not as we write it is no choice: nothing is killed on the word of a broken file. */
function readChoice(row: unknown): readonly RememberedChoice[] {
  if (!isObject(row)) return [];
  const { service, choice, owner } = row;
  if (!isText(service) || !isText(choice) || !CHOICES.has(choice)) return [];
  const isForAnybody = choice === 'reroute' || choice === 'skip';
  if (isForAnybody ? owner !== undefined : !isText(owner)) return [];
  return [{ service, choice: choice as RememberableChoice, owner: isForAnybody ? undefined : (owner as string) }];
}
