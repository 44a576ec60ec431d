// Request lines for a person who watches the terminal. Colours disappear by themselves with NO_COLOR or in a pipe.

import { styleText } from 'node:util';

export function logRequest(line: {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly tookMs: number;
}): void {
  const status = styleText(statusColor(line.status), String(line.status));
  const took = styleText('dim', `${line.tookMs.toFixed(1)} ms`);
  console.log(`${styleText('cyan', line.method.padEnd(4))} ${line.path} ${status} ${took}`);
}

export function logEvent(text: string): void {
  console.log(`${styleText('magenta', 'shop')} ${text}`);
}

export function logProblem(text: string): void {
  console.error(`${styleText('red', 'error')} ${text}`);
}

function statusColor(status: number): 'green' | 'yellow' | 'red' {
  if (status >= 500) return 'red';
  return status >= 400 ? 'yellow' : 'green';
}
