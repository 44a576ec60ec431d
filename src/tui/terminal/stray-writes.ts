// Keeps what libraries write to the standard streams from tearing the picture on the same terminal.

import type { Writable } from 'node:stream';

/** From now on the text goes to `onText`, until the returned function is called. */
export function catchWrites(streams: readonly Writable[], onText: (text: string) => void): () => void {
  // An own `write` hides the stream's, and gives it back when it is deleted.
  const write = ((chunk: string | Uint8Array, ...rest: readonly unknown[]) => {
    onText(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
    const callback = rest.find((argument) => typeof argument === 'function') as (() => void) | undefined;
    if (callback) queueMicrotask(callback);
    return true;
  }) as Writable['write'];
  for (const stream of streams) stream.write = write;
  return () => {
    for (const stream of streams) Reflect.deleteProperty(stream, 'write');
  };
}
