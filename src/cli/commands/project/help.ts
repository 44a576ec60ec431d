// `help [TOPIC]`, and what --help and --version lead to.

import { didYouMean } from '../../../config/text/suggest.ts';
import { DevError, EXIT, type ExitCode } from '../../../errors.ts';
import { COMMAND_WORDS, findCommand } from '../../arguments/commands-table.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { agentHelp } from '../../text/agent-help.ts';
import { commandHelp, exitCodeHelp, overview } from '../../arguments/help.ts';

const OTHER_TOPICS = ['exit-codes', 'version'] as const;

export async function run({ output, terminal, version }: CliContext, request: CommandRequest): Promise<ExitCode> {
  const style = { width: terminal.size()?.columns ?? 100, paint: output.paint };
  const [topic] = request.names;
  const command = topic === undefined ? undefined : findCommand(topic);
  if (request.options.agents === true) output.write(agentHelp());
  else if (topic === undefined) output.print(overview(style));
  else if (command !== undefined) output.print(commandHelp(command, style));
  else if (topic === 'exit-codes') output.print(exitCodeHelp(style));
  else if (topic === 'version') output.print(`devdeck ${version}`);
  else throw noSuchTopic(topic);
  return EXIT.ok;
}

function noSuchTopic(topic: string): DevError {
  return new DevError({
    code: 'usage',
    exitCode: EXIT.usage,
    message: `There is no help on "${topic}".`,
    hint: didYouMean(topic, [...COMMAND_WORDS, ...OTHER_TOPICS]) ?? './dev help lists the commands',
  });
}
