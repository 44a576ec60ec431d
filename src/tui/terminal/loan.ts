// A loan of the terminal: what its borrower learns and can do.

import type { Size } from '../paint/compositor.ts';

/** The borrower of the terminal: it gets bytes in place of keys, and writes bytes in place of a picture. */
export interface Borrower {
  /** Raw mode has been set; it leaves the line turning LF into CR LF. */
  takeLine(): void;
  onBytes(bytes: Uint8Array): void;
  onResize(size: Size): void;
  /** After Ctrl-Z and `fg`: the shell has overwritten the screen. */
  onReturn(): void;
  /** Ends every mode that the borrower may have set. */
  undoing(): string;
}

export interface Loan {
  write(bytes: Uint8Array | string): void;
  giveBack(): void;
}

/** The borrower: the selected service, an editor with its log, the plain stream, or one of our own commands. */
export type LendTo =
  | 'service'
  | 'log'
  | 'stream'
  | { readonly command: readonly string[]; readonly root?: string }
  | { readonly source: string; readonly line: number };
