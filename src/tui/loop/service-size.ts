// Services write for a terminal of the log pane's size. They get a new size only once it has settled, because each
// change wakes them.

import type { Session } from '../../core/session/session.ts';
import type { Rectangle } from '../paint/compositor.ts';

const SETTLE_MS = 150;

export interface ServiceSize {
  /** The log pane has this place now. Its title takes a row, its margin a column. */
  follow(area: Rectangle | undefined): void;
  stop(): void;
}

export function createServiceSize(options: {
  readonly session: () => Session | undefined;
  readonly onProblem: (error: unknown) => void;
}): ServiceSize {
  let timer: NodeJS.Timeout | undefined;
  let told = { columns: 0, rows: 0 };
  return {
    follow(area) {
      const session = options.session();
      if (area === undefined || session === undefined) return;
      const size = { columns: area.columns - 1, rows: area.rows - 1 };
      if (size.columns === told.columns && size.rows === told.rows) return;
      told = size;
      clearTimeout(timer);
      timer = setTimeout(() => void session.resize(size).catch(options.onProblem), SETTLE_MS);
    },
    stop: () => clearTimeout(timer),
  };
}
