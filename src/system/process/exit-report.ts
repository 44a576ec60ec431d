// When a process counts as ended: once it has exited and its output was read to the end, for a bounded time.
// The bound matters because a grandchild may hold the other end of a pipe or terminal open forever.
// Trap: after a busy spell timers run before the bytes that wait in the kernel are read; so silence is judged
// only after the event loop has looked at the descriptors once more (setImmediate).

import { monotonicMs } from '../clock.ts';
import type { Exit, SpawnHandlers } from '../system.ts';

/** How long nothing may come from a stream that stays open before it is given up. */
const QUIET_MS = 100;
/** How long a stream that keeps talking is read after the exit. */
const LONGEST_DRAIN_MS = 2000;

export interface ExitReport {
  data(bytes: Buffer, stream: 'out' | 'err'): void;
  /** One of the streams came to its end. */
  streamEnded(): void;
  exited(exit: Exit): void;
  /** True once `onExit` was called. */
  readonly isDone: boolean;
}

/**
 * Hands output on and calls `onExit` exactly once; no output is handed on after that.
 * @param options `release` closes what is still open, right before `onExit`
 */
export function createExitReport(
  handlers: SpawnHandlers,
  options: { readonly streams: number; readonly release: () => void },
): ExitReport {
  let openStreams = options.streams;
  let exit: Exit | undefined;
  let isDone = false;
  let heard = false;
  let deadlineMs = 0;
  let timer: NodeJS.Timeout | undefined;

  function finish(ended: Exit): void {
    isDone = true;
    clearTimeout(timer);
    options.release();
    handlers.onExit(ended);
  }

  function waitForSilence(ended: Exit): void {
    heard = false;
    timer = setTimeout(() => {
      setImmediate(() => {
        if (isDone) return;
        if (heard && monotonicMs() < deadlineMs) waitForSilence(ended);
        else finish(ended);
      });
    }, QUIET_MS);
  }

  return {
    data(bytes, stream) {
      if (isDone) return;
      heard = true;
      handlers.onData(bytes, stream);
    },
    streamEnded() {
      openStreams -= 1;
      if (openStreams === 0 && exit && !isDone) finish(exit);
    },
    exited(ended) {
      if (exit) return;
      exit = ended;
      deadlineMs = monotonicMs() + LONGEST_DRAIN_MS;
      if (openStreams === 0) finish(ended);
      else waitForSilence(ended);
    },
    get isDone() {
      return isDone;
    },
  };
}
