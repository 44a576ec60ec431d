// Whoever reads our output may leave at any time: `./dev logs | head`. That is no failure, so it is a clean exit.

/** EPIPE: the reader has gone. EIO: the terminal has. */
const READER_GONE: ReadonlySet<string | undefined> = new Set(['EPIPE', 'EIO']);

export function surviveClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (READER_GONE.has(error.code)) process.exit(0);
      throw error;
    });
  }
}
