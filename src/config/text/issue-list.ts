// The issues of a config as they are found. A slip can make thousands, and each is looked for at a price (a guess of what
// was meant, a place), so the search ends at a number that nobody reads to its end.

import { MOST_ISSUES, type ConfigIssue } from './issue.ts';

/** More are not looked for. */
export class EnoughIssues extends Error {
  override readonly name = 'EnoughIssues';
}

export class IssueList {
  readonly #all: ConfigIssue[];

  constructor(first: readonly ConfigIssue[]) {
    this.#all = [...first];
  }

  get all(): readonly ConfigIssue[] {
    return this.#all;
  }

  /** @throws EnoughIssues */
  add(...issues: readonly ConfigIssue[]): void {
    this.#all.push(...issues.slice(0, MOST_ISSUES));
    if (this.#all.length >= MOST_ISSUES) throw new EnoughIssues();
  }

  /**
   * Adds an issue that makes all others pointless.
   * @throws EnoughIssues
   */
  addLast(issue: ConfigIssue): never {
    this.#all.push(issue);
    throw new EnoughIssues();
  }
}
