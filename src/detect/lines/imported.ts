// What came of one file of another tool.

import type { Condition, Proposal, ProposedPort, ProposedService, Settings } from '../facts/proposal.ts';

export interface Imported extends Proposal {
  /** Why nothing of the file can be used: it cannot be read, or lists nothing. */
  readonly problem?: string;
  /** A file of this kind need not list anything to start: then nothing is said. */
  readonly isOptional?: boolean;
}

export function unusable(problem: string): Imported {
  return { services: [], notes: [], problem };
}

/** `what` is what the file would list, as in "no process is in it". */
export function imported(services: readonly ProposedService[], leftOut: readonly string[], what: string): Imported {
  return { services, notes: [], leftOut, ...(services.length > 0 ? {} : { problem: `no ${what} is in it` }) };
}

/** Without the keys that say nothing, so that the config stays short. */
export function settingsOf(settings: { readonly [K in keyof Settings]: Settings[K] | undefined }): Settings {
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => {
      if (value === undefined) return false;
      return typeof value !== 'object' || value === null || Object.keys(value).length > 0;
    }),
  );
}

/** `5` → `5s`, `0.5` → `500ms`; undefined for what is not a duration that a config takes. */
export function duration(seconds: number | undefined): string | undefined {
  const ms = Math.round((seconds ?? Number.NaN) * 1000);
  if (!(ms > 0 && ms <= 86_400_000)) return undefined;
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

export function portOf(port: ProposedPort | undefined): { readonly port?: ProposedPort } {
  return port === undefined ? {} : { port };
}

export type Dependencies = Readonly<Record<string, Condition>>;
