// `stop`, `down`: named services, or the whole session with a proof that nothing of it is left.

import type { ServiceName } from '../../../core/model/project.ts';
import type { ServiceView } from '../../../core/session/snapshot.ts';
import type { Session, ShutdownReport } from '../../../core/session/session.ts';
import { processesInWords } from '../../../core/rules/restart-policy.ts';
import { DevError, EXIT, type ExitCode } from '../../../errors.ts';
import { formatLatency } from '../../../format/quantity.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { complainAboutHeldPorts, complainAboutLeftovers } from '../../text/leftovers.ts';
import { watchSession, type LiveView } from '../../context/live-view.ts';
import { chosenServices, isAmong, requireServices } from '../../context/services.ts';
import { jsonData } from '../../context/json.ts';
import { serviceJson } from '../../text/service-json.ts';
import { isRunning } from '../../../format/run-body.ts';

const PATIENCE_MS = 1_500;

export async function run(context: CliContext, request: CommandRequest): Promise<ExitCode> {
  const isWhole = request.names.length === 0;
  const session = await context.findSession('command', isWhole ? 'end' : 'use').catch((error: unknown) => {
    if (!isWhole || request.options.force !== true || !isHung(error)) throw error;
    return 'hung' as const;
  });
  if (session === undefined) return stopLostSession(context, request);
  if (session === 'hung') return tellEnd(context, request, await endHungSession(context), []);
  const code = isWhole ? await stopSession(context, session, request) : await stopServices(context, session, request);
  session.close();
  return code;
}

/** Nothing runs; but a supervisor that was killed may have left its services. */
async function stopLostSession(context: CliContext, { names: asked, options }: CommandRequest): Promise<ExitCode> {
  const { output } = context;
  const report = await context.stopLostSession({ names: asked, force: options.force === true });
  if (report === undefined) {
    output.say('No session of this project is running.');
    if (options.json === true) output.print(stopJson([], []));
    return EXIT.ok;
  }
  const processes = report.stopped.map(({ service, count }) => `${service} (${processesInWords(count)})`);
  const containers = (report.stoppedContainers ?? []).map(({ service, name }) => `${service} (container ${name})`);
  const stopped = [...processes, ...containers].join(', ') || 'nothing';
  const names = [...report.stopped, ...(report.stoppedContainers ?? [])].map(({ service }) => service);
  if (options.json === true) output.print(stopJson([...new Set(names)], [], report));
  output.say(`No session of this project is running. Stopped services that a killed session left running: ${stopped}.`);
  return complainAboutLeftovers(output, report);
}

async function stopSession(context: CliContext, session: Session, request: CommandRequest): Promise<ExitCode> {
  const { output } = context;
  const { options } = request;
  const { force = false, remove = false, timeoutMs, json: asJson } = options;
  // A session of another version can only end; a session that hangs is ended without an answer.
  const before = asJson === true && !force ? await watchSession(session) : undefined;
  const shutdown = force ? shutdownByForce(context, session, { remove }) : session.shutdown({ force, remove });
  if (options.wait === false) {
    // Answered in order: when this one is, the stop has begun. Its own answer is not waited for.
    shutdown.catch(() => undefined);
    await session.snapshot();
    output.say('The session is stopping.');
    if (asJson === true) output.print(stopJson([], before?.services() ?? []));
    return EXIT.ok;
  }
  const stopping = before === undefined ? [] : liveNames(before);
  const quiet = tellWhoBlocks(context, session);
  const report = await withLimit(shutdown, context, timeoutMs).finally(quiet);
  if (report === undefined) {
    const view = await watchSession(session);
    throw stillThere(liveNames(view), timeoutMs ?? 0);
  }
  return tellEnd(context, request, report, stopping);
}

function tellEnd(
  { output }: CliContext,
  { options }: CommandRequest,
  report: ShutdownReport,
  stopped: readonly ServiceName[],
): ExitCode {
  const code = complainAboutLeftovers(output, report);
  if (options.json === true) output.print(stopJson(stopped, [], report));
  const outcome = report.isProven === true ? 'Nothing is left.' : 'No process of it is found any more.';
  if (code === EXIT.ok) output.say(`Stopped${options.force === true ? ' by force' : ''}. ${outcome}`);
  return code;
}

/** A supervisor that does not answer is killed, and its services with it. */
async function shutdownByForce(
  context: CliContext,
  session: Session,
  { remove }: { readonly remove: boolean },
): Promise<ShutdownReport> {
  try {
    return await session.shutdown({ force: true, remove });
  } catch (error) {
    if (!isHung(error)) throw error;
    return endHungSession(context);
  }
}

function isHung(error: unknown): boolean {
  return error instanceof DevError && error.code === 'session_unreachable' && error.exitCode === EXIT.timeout;
}

function endHungSession(context: CliContext): Promise<ShutdownReport> {
  context.output.say('The supervisor does not answer. Killing it and its processes.');
  return context.endHungSession();
}

async function stopServices(
  context: CliContext,
  session: Session,
  { names, options }: CommandRequest,
): Promise<ExitCode> {
  const view = await watchSession(session);
  requireServices(
    names,
    view.services().map(({ name }) => name),
  );
  const running = liveNames(view).filter((name) => isAmong(name, names));
  await session.stop(names, { force: options.force === true });
  const chosen = (): readonly ServiceView[] => chosenServices(view.services(), names);
  if (options.wait === false) {
    context.output.say(`Stopping ${names.join(', ')}`);
    if (options.json === true) context.output.print(stopJson([], chosen()));
    return EXIT.ok;
  }
  const isDown = (): true | undefined =>
    view.ended() !== undefined || liveNames(view).every((name) => !isAmong(name, names)) ? true : undefined;
  const { clock } = context;
  if ((await view.until(isDown, { clock, timeoutMs: options.timeoutMs })) === undefined) {
    throw stillThere(
      liveNames(view).filter((name) => isAmong(name, names)),
      options.timeoutMs ?? 0,
    );
  }
  if (options.remove === true && view.ended() === undefined) await session.removeContainers(names);
  // A service whose processes outlived SIGKILL has failed, and says so itself.
  const survivors = view.services().filter(({ name, state }) => running.includes(name) && state === 'failed');
  for (const { name, why } of survivors) context.output.complain(`✖ ${name}: ${why}`);
  const heldPorts = view.ended() === undefined ? await session.findHeldPorts(names) : [];
  complainAboutHeldPorts(context.output, heldPorts);
  if (options.json === true) {
    const left = survivors.map(({ name }) => name);
    const stopped = running.filter((name) => !left.includes(name));
    context.output.print(stopJson(stopped, chosen(), { leftovers: [], heldPorts }));
  }
  return survivors.length + heldPorts.length === 0 ? EXIT.ok : EXIT.notReady;
}

/** Empty `services` when the session is over, and with it all of them. */
function stopJson(
  stopped: readonly ServiceName[],
  services: readonly ServiceView[],
  { leftovers, heldPorts = [] }: ShutdownReport = { leftovers: [] },
): string {
  return jsonData({ stopped, services: services.map(serviceJson), leftovers, heldPorts });
}

function liveNames(view: LiveView): readonly string[] {
  return view
    .services()
    .filter((service) => service.wanted || isRunning(service) || service.state === 'stopping')
    .map(({ name }) => name);
}

/** A slow stop names the services that it waits for. Returns a function that ends the messages. */
function tellWhoBlocks({ output, clock }: CliContext, session: Session): () => void {
  return clock.after(PATIENCE_MS, () => {
    watchSession(session)
      .then((view) => output.say(`Waiting for ${liveNames(view).join(', ') || 'the session'} to stop.`))
      // It has just ended: nothing is left to wait for.
      .catch(() => undefined);
  });
}

async function withLimit<Value>(
  promise: Promise<Value>,
  { clock }: CliContext,
  timeoutMs: number | undefined,
): Promise<Value | undefined> {
  if (timeoutMs === undefined) return promise;
  const limit = Promise.withResolvers<undefined>();
  const cancel = clock.after(timeoutMs, () => limit.resolve(undefined));
  const value = await Promise.race([promise, limit.promise]);
  cancel();
  return value;
}

function stillThere(names: readonly string[], timeoutMs: number): DevError {
  return new DevError({
    code: 'timeout',
    exitCode: EXIT.timeout,
    message: `Still stopping after ${formatLatency(timeoutMs)}: ${names.join(', ') || 'the session itself'}.`,
    hint: 'it continues in the background; ./dev stop --force kills at once',
  });
}
