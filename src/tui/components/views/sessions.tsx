import type { ListedSession } from '../../../core/session/session.ts';
import type { Rectangle } from '../../paint/compositor.ts';
import type { ScreenTone } from '../../paint/theme.ts';
import { formatAge } from '../../state/age.ts';
import { firstVisible } from '../../state/layout.ts';
import { Line } from '../kit/line.tsx';
import { Panel } from '../kit/panel.tsx';
import { useScreen } from '../kit/stage.tsx';
import { Cell, Tone } from '../kit/tone.tsx';

const STATE: Readonly<Record<ListedSession['state'], ScreenTone>> = {
  ready: 'ok',
  'not ready': 'warn',
  ending: 'muted',
  'folder gone': 'fail',
  'no answer': 'fail',
};
const LINES_EACH = 2;

/** Every session of this user: its project, its folder, and the actor that opened it. */
export function SessionsPage({ area }: { readonly area: Rectangle }) {
  const sessions = useScreen((state) => state.views.sessions);
  const cursor = useScreen((state) => state.views.sessionCursor);
  const root = useScreen((state) => state.root);
  const nowMs = useScreen((state) => state.nowMs);
  const visible = Math.max(1, Math.floor((area.rows - 1) / LINES_EACH));
  const from = firstVisible(sessions?.length ?? 0, visible, cursor);
  return (
    <Panel area={area} title="all sessions of yours" aside={String(sessions?.length ?? '')} isFocused>
      {sessions === undefined && <Line>{'  Asking all sessions…'}</Line>}
      {sessions?.slice(from, from + visible).map((session, index) => (
        <SessionRows
          key={session.root}
          session={session}
          isMarked={from + index === cursor}
          isHere={session.root === root}
          nowMs={nowMs}
        />
      ))}
    </Panel>
  );
}

interface SessionRowsProps {
  readonly session: ListedSession;
  readonly isMarked: boolean;
  readonly isHere: boolean;
  readonly nowMs: number;
}

function SessionRows({ session, isMarked, isHere, nowMs }: SessionRowsProps) {
  const { project, branch, state, ports, pid, since, by, root } = session;
  const facts = [
    ...(since === null ? [] : [`up ${formatAge(nowMs - Date.parse(since))}`]),
    `pid ${pid}`,
    ...ports.map(({ service, port }) => `${service} ${port}`),
    ...(by === null ? [] : [`by ${by}`]),
  ];
  return (
    <>
      <Line>
        <Tone tone="focus">{isMarked ? '▌' : ' '}</Tone>
        <Cell width={22} before={1} isStrong={isMarked}>
          {project}
        </Cell>
        <Cell width={12} before={1} tone={STATE[state]}>
          {state}
        </Cell>
        <Cell width={24} before={1} tone="accent">
          {branch ?? ''}
        </Cell>{' '}
        {root}
        {isHere && <Tone tone="muted"> (this one)</Tone>}
      </Line>
      <Line>
        {'   '}
        <Tone tone="muted">{facts.join('   ')}</Tone>
      </Line>
    </>
  );
}
