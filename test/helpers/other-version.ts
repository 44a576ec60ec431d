// The supervisor of another version of devdeck, on the socket of a project.

import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

/** A supervisor of a devdeck to come: refuses whoever speaks our protocol, and ends when it is told to. */
export async function startOtherVersion(socketPath: string): Promise<{ methods: string[]; close(): Promise<void> }> {
  const methods: string[] = [];
  const message = 'The running session (pid 1) is of devdeck 9 and speaks protocol 2; this one speaks protocol 1.';
  const refused = { code: 'version_mismatch', message, hint: './dev stop, then ./dev', exitCode: 5 };
  const server = createServer((socket) => {
    const say = (frame: object) => socket.write(`${JSON.stringify(frame)}\n`);
    socket.on('error', () => undefined);
    const lines = createInterface({ input: socket }).on('error', () => undefined);
    lines.on('line', (line) => {
      const { id, method } = JSON.parse(line) as { readonly id?: number; readonly method?: string };
      if (method === undefined) return say({ refused });
      methods.push(method);
      return say(method === 'shutdown' ? { id, result: { leftovers: [] } } : { id, error: refused });
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(socketPath, resolve);
  });
  onTestFinished(() => void server.close());
  return { methods, close: () => new Promise((resolve) => server.close(() => resolve())) };
}
