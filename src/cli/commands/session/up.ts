// `up`, and `./dev` alone: opens or joins the session, starts services, and shows them: on the screen,
// as a stream, or (-d) once as a table when they are ready.

import { didYouMean } from '../../../config/text/suggest.ts';
import type { ScreenLook } from '../../../core/model/user-config.ts';
import type { ServiceName } from '../../../core/model/project.ts';
import type { Session, StartOptions, ScreenEnd } from '../../../core/session/session.ts';
import { assertNever, DevError, EXIT, type ExitCode } from '../../../errors.ts';
import { COMMAND_WORDS } from '../../arguments/commands-table.ts';
import type { CliContext, CommandRequest, OpenedSession, StartRequest } from '../../context/context.ts';
import { whyNoLook } from '../../context/face.ts';
import { worktreeOf } from '../../../config/worktree.ts';
import { projectLabel } from '../../../format/address.ts';
import { failedCheckLines } from '../../../format/failed-check.ts';
import { jsonData } from '../../context/json.ts';
import { complainAboutLeftovers } from '../../text/leftovers.ts';
import { watchSession } from '../../context/live-view.ts';
import { requireServices } from '../../context/services.ts';
import { statusTable } from '../../text/status-table.ts';
import { runStream } from '../../logs/stream.ts';
import { READY_TIMEOUT_MS, reportOutcome, waitUntilReady } from '../../text/wait-ready.ts';

/** The project's own checks beside a start take at most 5 s each, all at once. */
const CHECKS_TIMEOUT_MS = 6_000;

export async function run(context: CliContext, asked: CommandRequest): Promise<ExitCode> {
  await checkNames(context, asked);
  const request = { ...asked, names: [...asked.names, ...(await servicesOfProfile(context, asked.options.profile))] };
  const start: StartRequest = { names: request.names, options: startOptions(request) };
  if (request.options.detach === true) return upDetached(context, request, start);
  if (request.options.timeoutMs !== undefined) throw needsDetach('--timeout says how long -d waits', '--timeout …');
  if (request.options.json === true) throw needsDetach('--json prints what -d has started', '--json');
  const look = request.options.plain === true ? 'plain' : undefined;
  const obstacle = request.options.stream === true ? '--stream' : whyNoLook(look, context.terminal, context.env);
  if (obstacle === undefined) return upOnScreen(context, start, look);
  context.output.detail(`Streaming: ${obstacle}.`);
  const opened = await context.openSession('stream', start);
  if (opened.notice !== undefined) context.output.complain(opened.notice);
  return runStream(context, { ...opened, names: request.names });
}

/** Before anything is opened: a typo must not start a session. */
async function checkNames(context: CliContext, { names, options, isExplicit }: CommandRequest): Promise<void> {
  const asked = [...names, ...Object.keys(options.ports ?? {})];
  if (asked.length === 0) return;
  const { services } = await context.loadProject().catch((error: unknown) => {
    throw isExplicit ? error : (asCommandTypo(names, error) ?? error);
  });
  requireServices(
    asked,
    services.map(({ name }) => name),
    { mayBeCommand: !isExplicit },
  );
}

async function servicesOfProfile(context: CliContext, profile: string | undefined): Promise<readonly ServiceName[]> {
  if (profile === undefined) return [];
  const { profiles } = await context.loadProject();
  const services = Object.hasOwn(profiles, profile) ? profiles[profile] : undefined;
  if (services !== undefined) return services;
  const known = Object.keys(profiles);
  throw new DevError({
    code: 'usage',
    exitCode: EXIT.usage,
    message: `There is no profile "${profile}" in the config.`,
    hint:
      didYouMean(profile, known) ??
      (known.length === 0 ? 'add one: profiles: {minimal: [backend]}' : `profiles: ${known.join(', ')}`),
  });
}

/** Without a project, a word that is similar to a command was meant as one. */
function asCommandTypo([word = '']: readonly string[], error: unknown): DevError | undefined {
  const hint = didYouMean(word, COMMAND_WORDS);
  const isHomeless = error instanceof DevError && error.code === 'config_missing';
  if (!isHomeless || hint === undefined) return undefined;
  return new DevError({ code: 'usage', exitCode: EXIT.usage, message: `There is no command "${word}".`, hint });
}

function startOptions({ options: { dependencies, ports, onConflict } }: CommandRequest): StartOptions {
  return {
    ...(dependencies === false ? { dependencies } : {}),
    ...(ports === undefined ? {} : { ports }),
    ...(onConflict === undefined ? {} : { onConflict }),
  };
}

async function upOnScreen(context: CliContext, start: StartRequest, look: ScreenLook | undefined): Promise<ExitCode> {
  const underway = Promise.withResolvers<void>();
  const opened = context.openSession('screen', start, underway.resolve);
  // The services come first: loading the screen keeps this process busy for a while.
  await Promise.race([underway.promise, opened]);
  const code = await showScreen(context, opened, look);
  const { notice } = await opened;
  if (notice !== undefined) context.output.complain(notice);
  return code;
}

/** The screen on a session that may still be opening. Its first frame names the services of the config. */
export async function showScreen(
  context: CliContext,
  opened: Promise<OpenedSession>,
  look: ScreenLook | undefined,
): Promise<ExitCode> {
  const session = opened.then((each) => each.session);
  const isJoined = opened.then(({ isNew }) => !isNew);
  isJoined.catch(() => undefined);
  const loading = context.loadScreen(look);
  // They are awaited below; until then a failure of one must not end the process.
  loading.catch(() => undefined);
  session.catch(() => undefined);
  const { label, services } = await describeProject(context, session);
  const runScreen = await loading;
  const end = await runScreen({ session, isJoined, projectName: label, serviceNames: services });
  (await session).close();
  return afterScreen(context, end);
}

/** A session may run although its config is invalid now: then it answers from its own state. */
async function describeProject(
  context: CliContext,
  session: Promise<Session>,
): Promise<{ readonly label: string; readonly services: readonly ServiceName[] }> {
  try {
    const { name, root, services } = await context.loadProject();
    return { label: projectLabel(name, root, worktreeOf(root)), services: services.map((service) => service.name) };
  } catch {
    const { project, services } = await (await session).snapshot();
    return {
      label: projectLabel(project.name, project.root, worktreeOf(project.root)),
      services: services.map((service) => service.name),
    };
  }
}

function afterScreen({ output }: CliContext, end: ScreenEnd): ExitCode {
  switch (end.reason) {
    case 'quit':
    case 'ended':
      if (end.report === undefined && end.reason === 'ended') output.say('The session has ended.');
      if (end.stopped !== undefined) output.say(stoppedLine(end.stopped));
      return complainAboutLeftovers(output, end.report ?? { leftovers: [] });
    case 'detach':
      output.say('The session keeps running: ./dev attach shows it again, ./dev stop ends it.');
      return EXIT.ok;
    case 'hangup':
      return EXIT.terminated;
    default:
      return assertNever(end.reason);
  }
}

function stoppedLine(names: readonly ServiceName[]): string {
  if (names.length === 0) return 'Nothing was running. The session has ended.';
  return `Stopped ${names.length === 1 ? '' : `${names.length} services: `}${names.join(', ')}.`;
}

async function upDetached(context: CliContext, request: CommandRequest, start: StartRequest): Promise<ExitCode> {
  const { output, clock } = context;
  const { session, notice } = await context.openSession('command', start);
  if (notice !== undefined) output.complain(notice);
  await session.detach();
  const view = await watchSession(session);
  const { timeoutMs = READY_TIMEOUT_MS } = request.options;
  const outcome = await waitUntilReady(context, view, { names: request.names, timeoutMs, onConflict: 'give up' });
  if (request.options.json === true) output.print(jsonData(view.snapshot()));
  else output.show(statusTable(context, view.services()).join('\n'));
  const failed = await view.until(() => view.failedChecks(), { clock, timeoutMs: CHECKS_TIMEOUT_MS });
  for (const line of (failed ?? []).flatMap(failedCheckLines)) output.complain(output.paintTalk('warn', line));
  const code = await reportOutcome(context, session, outcome);
  if (code !== EXIT.ok && outcome.kind !== 'ended') {
    output.say('The session keeps running: ./dev status, ./dev logs, ./dev stop.');
  }
  view.close();
  session.close();
  return code;
}

function needsDetach(what: string, option: string): DevError {
  return new DevError({
    code: 'usage',
    exitCode: EXIT.usage,
    message: `${what}, but -d was not given.`,
    hint: `./dev up -d ${option}`,
  });
}
