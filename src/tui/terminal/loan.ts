// The terminal lent out: what its borrower is told and can do.

import type { Size } from '../paint/compositor.ts';

/** Who has the terminal for a while: bytes instead of keys, and bytes instead of a picture. */
export interface Borrower {
  /** Raw mode has been set; it leaves the line turning LF into CR LF. */
  takeLine(): void;
  onBytes(bytes: Uint8Array): void;
  onResize(size: Size): void;
  /** After Ctrl-Z and `fg`: the shell has written over what was shown. */
  onReturn(): void;
  /** What ends every mode that the borrower may have set. */
  undoing(): string;
}

export interface Loan {
  write(bytes: Uint8Array | string): void;
  giveBack(): void;
}

/** Who gets the terminal: the selected service, an editor with its log, the plain stream, or a command of our own. */
export type LendTo =
  | 'service'
  | 'log'
  | 'stream'
  | { readonly command: readonly string[]; readonly root?: string }
  | { readonly source: string; readonly line: number };
