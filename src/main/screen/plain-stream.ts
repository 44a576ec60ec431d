// The plain stream that one can look at instead of the screen. It stays open behind the screen, so that it continues with
// the line after the last one it has shown.

import { createLinePrinter } from '../../cli/text/log-lines.ts';
import { createLogMerge, isLost } from '../../cli/logs/log-merge.ts';
import { createPump } from '../../cli/logs/pump.ts';
import type { PlainStream, ScreenHost } from '../../tui/terminal/screen-host.ts';

/** Of each service, when the stream is opened first. */
const FIRST_LINES = 100;

export async function openPlainStream(options: Parameters<ScreenHost['openStream']>[0]): Promise<PlainStream> {
  const { session, names, hasColor, write } = options;
  const paint = (_tone: string, text: string): string => text;
  const printer = createLinePrinter({ hasColor, paint }, { prefixFor: names, timestamps: false, raw: false });
  const merge = createLogMerge(session, { raw: false });
  for (const service of names) {
    const { first, next } = await session.readLogs({ service, from: 0, count: 0 });
    merge.begin(service, { from: Math.max(first, next - FIRST_LINES) });
  }

  let gate = Promise.withResolvers<void>();
  let isOpen = false;
  const pump = createPump(() =>
    merge.read(async (items) => {
      // Lines that were read when the screen came back wait here.
      await gate.promise;
      write(
        `${items.map((item) => (isLost(item) ? printer.lost(item) : printer.line(item.service, item))).join('\n')}\n`,
      );
      await new Promise(setImmediate);
    }),
  );
  pump.failure.catch(options.onProblem);
  session.subscribe((event) => {
    if (event.type === 'logs' && isOpen) pump.poke();
  });
  return {
    resume() {
      isOpen = true;
      gate.resolve();
      pump.poke();
    },
    pause() {
      isOpen = false;
      gate = Promise.withResolvers();
    },
  };
}
