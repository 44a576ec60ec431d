// `status`, `ps`: the services as they are now, once or again every second.

import { terminalSafe } from '../../../core/output/unseen.ts';
import type { Session } from '../../../core/session/session.ts';
import type { SessionSnapshot, ServiceView } from '../../../core/session/snapshot.ts';
import { EXIT, type ExitCode } from '../../../errors.ts';
import { truncate } from '../../../format/text.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { jsonData } from '../../context/json.ts';
import { requireSession } from '../../context/require-session.ts';
import { untilSignal } from '../../context/until-signal.ts';
import { chosenServices, isSettled, requireServices } from '../../context/services.ts';
import { statusLines } from '../../text/status-lines.ts';
import { statusTable } from '../../text/status-table.ts';

const WATCH_INTERVAL_MS = 1000;

export async function run(context: CliContext, request: CommandRequest): Promise<ExitCode> {
  const session = await requireSession(context);
  const { output } = context;
  if (request.options.watch !== true) {
    const snapshot = selected(await session.snapshot(), request.names);
    if (request.options.json === true) output.print(jsonData(snapshot));
    else output.show(statusLines(snapshot, statusTable(context, snapshot.services), context.output.paint).join('\n'));
    // Not closed: the process ends now, and its connection with it, half a millisecond sooner.
    return exitCodeOf(snapshot, request.names);
  }

  const code = await untilSignal(context, () => watch(context, session, request));
  if (code === EXIT.noSession) output.say('The session has ended.');
  session.close();
  return code;
}

async function watch(context: CliContext, session: Session, { names, options }: CommandRequest): Promise<ExitCode> {
  const show = options.json === true ? showJson : createRedraw(context);
  const end = new Promise<ExitCode>((resolve) => {
    session.subscribe((event) => {
      if (event.type === 'ended') resolve(EXIT.noSession);
    });
  });
  for (;;) {
    show(context, selected(await session.snapshot(), names));
    const ended = await Promise.race([end, tick(context)]);
    if (ended !== undefined) return ended;
  }
}

function selected(snapshot: SessionSnapshot, names: readonly string[]): SessionSnapshot {
  requireServices(
    names,
    snapshot.services.map((view) => view.name),
  );
  if (names.length === 0) return snapshot;
  return { ...snapshot, services: snapshot.services.filter((view) => names.includes(view.name)) };
}

function exitCodeOf({ services }: { readonly services: readonly ServiceView[] }, names: readonly string[]): ExitCode {
  return chosenServices(services, names).every(isSettled) ? EXIT.ok : EXIT.notReady;
}

type Show = (context: CliContext, snapshot: SessionSnapshot) => void;

const showJson: Show = ({ output }, snapshot) => output.print(JSON.stringify(snapshot));

/** In place on a terminal; one table below the other in a pipe. */
function createRedraw({ terminal }: CliContext): Show {
  let drawnLines = 0;
  return (context, snapshot) => {
    const lines = statusLines(snapshot, statusTable(context, snapshot.services), context.output.paint);
    const size = terminal.size();
    if (size === undefined) {
      context.output.print(`${lines.join('\n')}\n`);
      return;
    }
    const title = truncate(`${snapshot.project.name} · every second, Ctrl-C ends it`, size.columns);
    // Output taller than the terminal cannot be redrawn in place: lines that scrolled away are out of reach.
    const shown = [context.output.paint('muted', title), ...lines].slice(0, Math.max(1, size.rows - 1));
    const back = drawnLines === 0 ? '' : `\u001B[${drawnLines}A\r\u001B[J`;
    context.output.write(`${back}${terminalSafe(shown.join('\n'))}\n`);
    drawnLines = shown.length;
  };
}

function tick({ clock }: CliContext): Promise<undefined> {
  return new Promise((resolve) => {
    clock.after(WATCH_INTERVAL_MS, () => resolve(undefined));
  });
}
