// Variables that are filled in one after the other, because each may name earlier ones.
// Trap: a few lines that name each other twice make a text of any length, so each value and their sum have a limit, far
// above what a system starts a program with.

import { DevError, EXIT } from '../../errors.ts';
import { expandTemplate, type Template, type TemplateScope } from './template.ts';

const MAX_TOTAL_LENGTH = 8 * 1024 * 1024;

export class Variables {
  readonly #values = new Map<string, string>();
  #length = 0;

  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** @throws DevError `spawn_failed` when all of them together become too long */
  set(name: string, value: string): void {
    this.#length += name.length + value.length;
    if (this.#length > MAX_TOTAL_LENGTH) throw tooLong('the environment is longer than 8 MiB', name);
    this.#values.set(name, value);
  }

  /** @throws DevError `spawn_failed` when this one, or all of them together, become too long */
  expand(name: string, template: Template, scope: TemplateScope): void {
    const value = expandTemplate(template, scope);
    if (value === undefined) throw tooLong(`the value of ${name} is longer than 1 MiB`, name);
    this.set(name, value);
  }

  /** The last value of each, in the order in which they were set first. */
  toObject(): Record<string, string> {
    return Object.fromEntries(this.#values);
  }
}

function tooLong(what: string, name: string): DevError {
  return new DevError({
    code: 'spawn_failed',
    exitCode: EXIT.notReady,
    message: `${what} once its variables are filled in, which is more than a program can be given`,
    hint: `look at ${name}, and at the variables that it names`,
  });
}
