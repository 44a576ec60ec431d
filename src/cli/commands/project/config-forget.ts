// `config forget [SERVICE]`: forgets choices about taken ports, and moved services return to their ports.

import { EXIT, type ExitCode } from '../../../errors.ts';
import { printable } from '../../../core/output/log-line.ts';
import type { CliContext, CommandRequest, PortMemories } from '../../context/context.ts';
import { jsonData } from '../../context/json.ts';

const LONGEST = 500;

/** @param request.names the service, or none for all of the project */
export async function forget(context: CliContext, { names, options }: CommandRequest): Promise<ExitCode> {
  const [service] = names;
  const memory = await context.portMemory();
  const forgotten = await memory.forget(service);
  const exitCode = memory.problem === undefined ? EXIT.ok : EXIT.notReady;
  if (memory.problem !== undefined) context.output.complain(memory.problem);
  if (options.json === true) {
    context.output.print(jsonData(forgotten));
    return exitCode;
  }
  const lines = memoryLines(forgotten);
  const about = service === undefined ? 'this project' : `service "${printable(service, LONGEST)}"`;
  if (lines.length === 0 && exitCode !== EXIT.ok) return exitCode;
  if (lines.length === 0) context.output.print(`Nothing is remembered about ports of ${about}.`);
  else context.output.print(['Forgotten:', ...lines.map((line) => `  ${line}`)].join('\n'));
  return exitCode;
}

/** One line each: `backend: kill node (foreign)`, `web: port 5174`. */
export function memoryLines({ choices, ports }: PortMemories): readonly string[] {
  return [
    ...choices.map(({ service, choice, owner }) => `${service}: ${choice}${owner === undefined ? '' : ` ${owner}`}`),
    ...ports.map(({ service, port }) => `${service}: port ${port}`),
  ].map((line) => printable(line, LONGEST));
}
