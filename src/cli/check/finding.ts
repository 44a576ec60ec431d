// What `check` says about one thing: how it is, and how to fix it.

export type Level = 'ok' | 'warn' | 'fail';

export interface Finding {
  readonly area: 'services' | 'ports' | 'versions' | 'state' | 'limits' | 'checks' | 'session';
  /** The service, file or limit that it is about. */
  readonly subject: string;
  readonly level: Level;
  readonly message: string;
  /** How long it took to find out; left out where it took no time of its own. */
  readonly durationMs?: number;
  /** What to do about it. */
  readonly fix?: string;
}
