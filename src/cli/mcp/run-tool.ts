// A command of an agent in the environment of a service. What it prints is masked: an agent need not see the secrets.

import { portsOf } from '../../core/session/service-ports.ts';
import { withoutColour } from '../../core/output/plain-line.ts';
import { requirePermission } from '../commands/session/run.ts';
import { projectMasker } from '../context/project-masker.ts';
import { requireServices } from '../context/services.ts';
import type { Call } from './call.ts';

const KEPT_CHARACTERS = 1_000_000;

interface Request {
  readonly service: string;
  readonly command: readonly string[];
  readonly timeoutMs: number;
  /** Characters of output that the answer may have. */
  readonly longest: number;
}

export async function runInEnvironment(
  { context, signal, progress }: Call,
  { service, command, timeoutMs, longest }: Request,
): Promise<{ readonly exitCode: number | null; readonly message: string; readonly output: string }> {
  const { services } = await context.loadProject();
  requireServices(
    [service],
    services.map(({ name }) => name),
  );
  const session = await context.findSession('command');
  const snapshot = await session?.snapshot();
  progress('asking for permission');
  await requirePermission(context, session, { service, command });
  session?.close();
  const ports = portsOf(services, snapshot?.services);
  const { cwd, env } = await context.environmentOf(service, ports);
  const [{ shortCommands }, masker] = await Promise.all([context.machine(), projectMasker(context)]);
  masker.learn(env);
  let printed = '';
  const result = await shortCommands.run({
    command: { kind: 'argv', argv: command },
    cwd,
    env,
    timeoutMs,
    signal,
    onData: (bytes) => {
      printed = (printed + bytes.toString()).slice(-KEPT_CHARACTERS);
    },
  });
  const output = masker.mask(withoutColour(printed));
  const left = output.length - longest;
  return {
    exitCode: result.exitCode ?? null,
    message: result.message,
    output: left > 0 ? `… (${left} characters before)\n${output.slice(-longest)}` : output,
  };
}
