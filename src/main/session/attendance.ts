// The connected screens of a session, and the end of the last one: a session that a screen opened ends with it,
// unless the config keeps it or the person has detached.

import type { SessionRole } from '../../core/model/vocabulary.ts';
import type { EventLog } from '../../supervisor/chronicle/event-log.ts';
import type { Supervisor } from '../../supervisor/supervisor.ts';
import type { Clock } from '../../system/system.ts';

/** A session that was opened for a screen that never connects ends like one whose screen has left. */
const VIEWER_MUST_COME_WITHIN_MS = 15_000;

export interface AttendanceOptions {
  readonly supervisor: Supervisor;
  readonly clock: Clock;
  readonly events: Pick<EventLog, 'add'>;
  readonly openedBy: () => 'screen' | 'command';
  /** The last screen has disconnected without a goodbye. */
  readonly onAbandoned: () => void;
}

export interface Attendance {
  /** The connected clients. */
  readonly onClients: (clients: readonly { readonly role: SessionRole }[]) => void;
  readonly onClientGone: (client: { readonly role: SessionRole; readonly saidGoodbye: boolean }) => void;
  /** The session listens: from now on a screen can come. */
  readonly expectViewer: () => void;
}

export function createAttendance(options: AttendanceOptions): Attendance {
  const { supervisor, clock, events, openedBy, onAbandoned } = options;
  let viewers = 0;
  let hasHadViewer = false;
  let wasAttended = false;
  const endIfAbandoned = (): void => {
    if (viewers === 0 && openedBy() === 'screen' && supervisor.project.onHangup === 'stop') onAbandoned();
  };
  return {
    onClients: (clients) => {
      viewers = clients.filter(({ role }) => role !== 'command').length;
      hasHadViewer ||= viewers > 0;
      const isAttended = clients.some(({ role }) => role === 'screen');
      if (isAttended !== wasAttended) events.add({ type: 'screen', state: isAttended ? 'came' : 'left' });
      wasAttended = isAttended;
      supervisor.dispatch({ type: 'attendanceChanged', isAttended });
      supervisor.metrics.setWatched(viewers > 0);
    },
    onClientGone: ({ role, saidGoodbye }) => {
      if (role !== 'command' && !saidGoodbye) endIfAbandoned();
    },
    expectViewer: () => {
      if (openedBy() !== 'screen') return;
      clock.after(VIEWER_MUST_COME_WITHIN_MS, () => {
        if (!hasHadViewer) endIfAbandoned();
      });
    },
  };
}
