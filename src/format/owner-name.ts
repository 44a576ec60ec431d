// How a process of somebody else is called. Its name is a stranger's, so it is made printable here.

import { printable } from '../core/output/log-line.ts';

const LONGEST_NAME = 40;

/** "node (pid 4242)". */
export function ownerName({ name, pid }: { readonly name: string; readonly pid: number }): string {
  return `${printable(name, LONGEST_NAME)} (pid ${pid})`;
}
