// `sessions`: every session of this user on this machine; `sessions stop FOLDER` ends one, `sessions prune` those whose
// folder was removed. Needs no project.

import { printable } from '../../../core/output/log-line.ts';
import { DevError, EXIT, type ExitCode } from '../../../errors.ts';
import { UNKNOWN } from '../../../format/quantity.ts';
import { renderTable, type Column } from '../../../format/table.ts';
import type { ListedSession } from '../../../core/session/session.ts';
import type { CliContext, CommandRequest, KnownSession } from '../../context/context.ts';
import { jsonData } from '../../context/json.ts';
import { listSessions } from '../../context/list-sessions.ts';
import { complainAboutLeftovers } from '../../text/leftovers.ts';

const LONGEST_TEXT = 4_096;

const COLUMNS: readonly Column[] = [
  { heading: 'PROJECT', minWidth: 8 },
  { heading: 'BRANCH', dropOrder: 2 },
  { heading: 'STATE' },
  { heading: 'PORTS' },
  { heading: 'PID', align: 'right' },
  { heading: 'SINCE', dropOrder: 0 },
  { heading: 'BY', dropOrder: 1 },
  { heading: 'FOLDER', minWidth: 12 },
];

export async function run(context: CliContext, { names, options }: CommandRequest): Promise<ExitCode> {
  const [what, folder] = names;
  if (what === 'stop') return stop(context, folder);
  if (what === 'prune') return prune(context);
  if (what !== undefined) throw noSuchAction(what);
  const listed = await listSessions(await context.knownSessions());
  if (options.json === true) context.output.print(jsonData({ sessions: listed }));
  else show(context, listed);
  return EXIT.ok;
}

function show({ output, terminal }: CliContext, listed: readonly ListedSession[]): void {
  if (listed.length === 0) return output.print('No session is running on this machine.');
  const rows = listed.map(({ project, branch, state, ports, pid, since, by, root }) => ({
    cells: [
      project,
      branch ?? UNKNOWN,
      state,
      ports.map(({ service, port }) => `${service} ${port}`).join(', ') || UNKNOWN,
      String(pid),
      since ?? UNKNOWN,
      by ?? UNKNOWN,
      root,
    ].map((text) => ({ text: printable(text, LONGEST_TEXT) })),
  }));
  output.show(renderTable(COLUMNS, rows, terminal.size()?.columns ?? Infinity, output.paint).join('\n'));
}

async function stop(context: CliContext, folder: string | undefined): Promise<ExitCode> {
  const sessions = await context.knownSessions();
  const wanted = folder === undefined ? undefined : await context.realFolder(folder);
  const chosen = sessions.find(({ root, isFolderThere }) => root === wanted?.path && isFolderThere === wanted.isThere);
  if (chosen === undefined) throw noSuchSession(folder, sessions);
  return end(context, chosen);
}

async function prune(context: CliContext): Promise<ExitCode> {
  const gone = (await context.knownSessions()).filter(({ isFolderThere }) => !isFolderThere);
  if (gone.length === 0) context.output.print('No session runs in a removed folder.');
  let code: ExitCode = EXIT.ok;
  for (const session of gone) {
    const ended = await end(context, session);
    if (ended !== EXIT.ok) code = ended;
  }
  return code;
}

async function end({ output }: CliContext, known: KnownSession): Promise<ExitCode> {
  const session = await known.connect();
  if (session === undefined) throw noAnswer(known);
  const report = await session.shutdown();
  session.close();
  output.print(`Stopped the session of ${known.project} (${known.root}).`);
  return complainAboutLeftovers(output, report);
}

function noSuchAction(what: string): DevError {
  return new DevError({
    code: 'usage',
    exitCode: EXIT.usage,
    message: `sessions cannot ${what}.`,
    hint: './dev sessions, ./dev sessions stop FOLDER, ./dev sessions prune',
  });
}

function noSuchSession(folder: string | undefined, known: readonly KnownSession[]): DevError {
  const roots = known.map(({ root }) => root).join(', ');
  return new DevError({
    code: 'no_session',
    exitCode: EXIT.noSession,
    message: folder === undefined ? 'No folder is named.' : `No session of yours runs in ${folder}.`,
    hint: roots === '' ? 'no session is running on this machine' : `sessions run in ${roots}`,
  });
}

function noAnswer({ root, pid }: KnownSession): DevError {
  return new DevError({
    code: 'session_unreachable',
    exitCode: EXIT.noSession,
    message: `The session in ${root} (pid ${pid}) does not answer.`,
    hint: `./dev -C ${root} stop --force ends it with proof`,
  });
}
