// `env [SERVICE]`: the environment of a service, or of all addresses, as NAME=value lines, after the same proof as `url`.

import { EXIT, type ExitCode } from '../../../errors.ts';
import { DEFAULT_RIGHTS } from '../../../core/model/actor.ts';
import type { Project, ServiceName } from '../../../core/model/project.ts';
import { portsOf } from '../../../core/session/service-ports.ts';
import type { SessionSnapshot } from '../../../core/session/snapshot.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { jsonData } from '../../context/json.ts';
import { projectMasker } from '../../context/project-masker.ts';
import { requireSession } from '../../context/require-session.ts';
import { type Passport, passportOf, proven } from '../../passport/passport.ts';
import { projectVariables } from '../../passport/project-variables.ts';

export async function run(context: CliContext, { names, options }: CommandRequest): Promise<ExitCode> {
  const project = await context.loadProject();
  const [service] = names;
  const hasPort = project.services.find(({ name }) => name === service)?.port !== undefined;
  if (service === undefined || hasPort) await passportOf(context, service ?? firstWithPort(project));
  const session = await requireSession(context);
  const snapshot = await session.snapshot();
  const passports: Passport[] = [];
  for (const view of snapshot.services) {
    if (view.port !== null && view.ready) passports.push(await proven(session, snapshot, view.name));
  }
  session.close();
  const variables =
    service === undefined
      ? projectVariables(project, passports)
      : await ownVariables(context, { project, snapshot, service });
  if (options.json === true) context.output.print(jsonData(variables));
  else for (const [name, value] of Object.entries(variables)) context.output.write(`${name}=${shellValue(value)}\n`);
  return EXIT.ok;
}

function firstWithPort({ services }: Project): ServiceName | undefined {
  return services.find(({ port }) => port !== undefined)?.name;
}

/** What the service gets besides the caller's own environment. An agent without the right to `run` gets no secret. */
async function ownVariables(
  context: CliContext,
  { project, snapshot, service }: { project: Project; snapshot: SessionSnapshot; service: ServiceName },
): Promise<Record<string, string>> {
  const ports = portsOf(project.services, snapshot.services);
  const { env } = await context.environmentOf(service, ports);
  const own = Object.entries(env).filter(([name, value]) => context.env[name] !== value);
  const { actor } = await context.caller();
  const { rights = DEFAULT_RIGHTS } = snapshot.session;
  if (actor.kind !== 'agent' || rights.run === 'yes') return Object.fromEntries(own);
  const masker = await projectMasker(context);
  masker.learn(env);
  const [open, secret] = [
    own.filter(([, value]) => masker.mask(value) === value),
    own.filter(([, value]) => masker.mask(value) !== value),
  ];
  if (secret.length > 0) {
    const left = secret.map(([name]) => name).join(', ');
    context.output.complain(`Left out, since an agent asks: ${left}. A person allows it with agents: {run: yes}.`);
  }
  return Object.fromEntries(open);
}

/** As it stands where a shell reads it as one word; else in quotes. */
function shellValue(value: string): string {
  return /^[\w@%+=:,./-]*$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`;
}
