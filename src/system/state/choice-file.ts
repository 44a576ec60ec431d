// The choices about taken ports that a person wants remembered, in `.devdeck/choices.json`. Read anew at each use, so
// that what one program forgets no other still knows.

import { dirname } from 'node:path';
import { mkdirSync } from 'node:fs';
import { withRemembered, type RememberableChoice, type RememberedChoice } from '../../core/ports/remembered-choice.ts';
import { isObject, isText, readJson, writeAtomically } from './state-files.ts';
import type { Choices } from '../system.ts';

const CHOICES: ReadonlySet<string> = new Set<RememberableChoice>(['kill', 'reroute', 'reuse', 'container', 'skip']);

export function createChoices(path: string): Choices {
  const list = (): readonly RememberedChoice[] => {
    const rows = readJson(path)?.['choices'];
    return Array.isArray(rows) ? rows.flatMap(readChoice) : [];
  };
  const write = (choices: readonly RememberedChoice[]): void => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeAtomically(path, `${JSON.stringify({ choices }, undefined, 2)}\n`);
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

/** A row that is not as we write it is no choice: nothing is killed on the word of a broken file. */
function readChoice(row: unknown): readonly RememberedChoice[] {
  if (!isObject(row)) return [];
  const { service, choice, owner } = row;
  if (!isText(service) || !isText(choice) || !CHOICES.has(choice)) return [];
  const isForAnybody = choice === 'reroute' || choice === 'skip';
  if (isForAnybody ? owner !== undefined : !isText(owner)) return [];
  return [{ service, choice: choice as RememberableChoice, owner: isForAnybody ? undefined : (owner as string) }];
}
