// Waits for something to happen in a folder. Where the system has no watches left, time passing has to do.

import { type FSWatcher, watch } from 'node:fs';

const RECHECK_MS = 250;
const UNWATCHED_RECHECK_MS = 50;

export class FolderChanges {
  private readonly watcher: FSWatcher | undefined;
  private hasChanged = false;
  private wake: () => void = () => undefined;

  /** Changes count from now on. */
  constructor(folder: string) {
    this.watcher = this.tryWatch(folder);
  }

  /** Resolves at the next change, or earlier: the caller looks again itself. */
  async next(limitMs: number): Promise<void> {
    if (!this.hasChanged) {
      const recheckMs = this.watcher === undefined ? UNWATCHED_RECHECK_MS : RECHECK_MS;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(limitMs, recheckMs));
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.hasChanged = false;
  }

  close(): void {
    this.watcher?.close();
  }

  private tryWatch(folder: string): FSWatcher | undefined {
    try {
      const watcher = watch(folder, () => {
        this.hasChanged = true;
        this.wake();
      });
      watcher.on('error', () => watcher.close());
      return watcher;
    } catch {
      return undefined;
    }
  }
}
