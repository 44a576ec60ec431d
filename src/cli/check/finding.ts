// What `check` says about one thing: how it is, and how to fix it.

export type Level = 'ok' | 'warn' | 'fail';

export interface Finding {
  readonly area: 'services' | 'ports' | 'versions' | 'state' | 'limits' | 'checks' | 'session';
  /** The service, file or limit that it is about. */
  readonly subject: string;
  readonly level: Level;
  readonly message: string;
  /** What to do about it. */
  readonly fix?: string;
}
