/** A recording, for its display. Milliseconds since the epoch. */
export interface Replay {
  readonly fromMs: number;
  readonly toMs: number;
  /** The moment that is shown. */
  nowMs(): number;
  /** Shows another moment; the last one for undefined. */
  seek(atMs: number | undefined): void;
}
