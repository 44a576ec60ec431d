// `report`: one text file for a helper, which the person can read first: versions, this machine,
// config, states, checks, what happened, the last lines of each log. Secrets are masked where they come from, looked for
// again in the whole before it is written, and the home folder is shortened.

import { chmodSync, writeFileSync } from 'node:fs';
import { arch, cpus, freemem, homedir, platform, release, totalmem } from 'node:os';
import { stringify } from 'yaml';
import { DevError, EXIT, messageOf, type ExitCode } from '../../../errors.ts';
import { withoutColour } from '../../../core/output/plain-line.ts';
import type { Session } from '../../../core/session/session.ts';
import { formatBytes } from '../../../format/quantity.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { projectMasker } from '../../context/project-masker.ts';
import { plainPast, readPast, sinceMsOf } from '../../text/past.ts';
import { lookAhead } from '../../check/look.ts';

const USUAL_MS = 3_600_000;
const LOG_LINES = 100;
const LONGEST_LINE = 2_000;

export async function run(context: CliContext, { options }: CommandRequest): Promise<ExitCode> {
  const nowMs = context.clock.wallMs();
  const sinceMs = sinceMsOf(options.since, nowMs) ?? nowMs - USUAL_MS;
  const masker = await projectMasker(context);
  const session = await context.findSession('command');
  const sections = await sectionsOf(context, session, { nowMs, sinceMs, mask: masker.mask });
  session?.close();
  const whole = sections.map(([title, text]) => `## ${title}\n\n${text.trimEnd() || '(nothing)'}\n`).join('\n');
  const text = shortened(masker.mask(`# devdeck report\n\n${whole}`));
  if (options.output === undefined) context.output.print(text.trimEnd());
  else write(context, options.output, text);
  return EXIT.ok;
}

interface Asked {
  readonly nowMs: number;
  readonly sinceMs: number;
  readonly mask: (text: string) => string;
}

async function sectionsOf(
  context: CliContext,
  session: Session | undefined,
  { nowMs, sinceMs, mask }: Asked,
): Promise<readonly (readonly [title: string, text: string])[]> {
  const project = await context.loadProject();
  const masker = await projectMasker(context);
  const { items } = await readPast(context, { names: [], sinceMs });
  const findings = await lookAhead(context);
  const names = project.services.map(({ name }) => name);
  const logs = await Promise.all(
    names.map(async (name) => [`log of ${name}`, await logOf(context, session, name, mask)] as const),
  );
  return [
    ['what and where', facts(context, nowMs)],
    ['states', session === undefined ? 'No session of this project is running.' : stringify(await statesOf(session))],
    [
      'checks',
      findings.map(({ area, subject, level, message }) => `${level}  ${area}  ${subject}: ${message}`).join('\n'),
    ],
    ['config', stringify(masker.maskDeep(project), { lineWidth: 0 })],
    ['what happened', plainPast(items).join('\n')],
    ...logs,
  ];
}

function facts({ version, env }: CliContext, nowMs: number): string {
  const [cpu] = cpus();
  return [
    `written at   ${new Date(nowMs).toISOString()}`,
    `devdeck      ${version}`,
    `node         ${process.version}`,
    `system       ${platform()} ${release()} ${arch()}`,
    `processors   ${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}`,
    `memory       ${formatBytes(freemem())} free of ${formatBytes(totalmem())}`,
    `terminal     ${env['TERM'] ?? 'none'}${env['TMUX'] === undefined ? '' : ' in tmux'}`,
  ].join('\n');
}

async function statesOf(session: Session) {
  const { services } = await session.snapshot();
  return Object.fromEntries(
    services.map(({ name, state, why, pid, port, wantedPort, restarts, startedAt, exit, alerts, insights, health }) => [
      name,
      {
        state,
        ...(why === '' ? {} : { why }),
        pid,
        port,
        ...(port === wantedPort ? {} : { wantedPort }),
        restarts,
        startedAt,
        exit,
        health: health?.status ?? null,
        alerts: alerts.map(({ message }) => message),
        ...(insights.length === 0 ? {} : { insights: insights.map(({ text }) => text) }),
      },
    ]),
  );
}

/** A log that cannot be read, as of a service that the session does not have yet, is no reason to write nothing. */
async function logOf(
  context: CliContext,
  session: Session | undefined,
  service: string,
  mask: (text: string) => string,
): Promise<string> {
  try {
    const source = session ?? (await context.logHistory());
    const { next } = await source.readLogs({ service, from: 0, count: 0 });
    const { lines } = await source.readLogs({ service, from: next - LOG_LINES, count: LOG_LINES, masked: true });
    return lines.map(({ time, text }) => mask(`${time} ${withoutColour(text).slice(0, LONGEST_LINE)}`)).join('\n');
  } catch (error) {
    return `cannot be read: ${messageOf(error)}`;
  }
}

function shortened(text: string): string {
  const home = homedir();
  return home.length > 1 ? text.replaceAll(home, '~') : text;
}

function write({ output }: CliContext, file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600 });
    chmodSync(file, 0o600);
  } catch (error) {
    const message = `The report cannot be written: ${messageOf(error)}.`;
    throw new DevError({
      code: 'refused',
      exitCode: EXIT.notReady,
      message,
      hint: 'name a file in a folder that is yours',
    });
  }
  output.say(`Written to ${file}. Read it before you pass it on: the logs contain all that the services print.`);
}
