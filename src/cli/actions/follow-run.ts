// A run of an action in the session, with each line that it prints as soon as it is there.

import { actionLog } from '../../core/model/project.ts';
import type { ActionReport, ActionRequest, Session } from '../../core/session/session.ts';
import { createPump } from '../logs/pump.ts';

const LINES_AT_ONCE = 1_000;

/** Resolves when the run has ended and all of its lines were printed. @throws DevError as `runAction` */
export async function followRun(
  session: Session,
  action: string,
  { request, masked, print }: { request: ActionRequest; masked: boolean; print: (line: string) => void },
): Promise<ActionReport> {
  const service = actionLog(action);
  let { next } = await session.readLogs({ service, from: 0, count: 0 });
  const read = async (): Promise<void> => {
    for (;;) {
      const { lines } = await session.readLogs({ service, from: next, count: LINES_AT_ONCE, masked });
      const whole = lines.filter(({ partial }) => partial !== true);
      for (const { own, text } of whole) if (own !== true) print(text);
      const last = whole.at(-1);
      if (last === undefined) return;
      next = last.seq + 1;
    }
  };
  const pump = createPump(read);
  const stop = session.subscribe((event) => {
    if (event.type === 'logs' && event.next[service] !== undefined) pump.poke();
  });
  try {
    const report = await Promise.race([session.runAction(action, request), pump.failure]);
    stop();
    await pump.settle();
    return report;
  } finally {
    stop();
  }
}
