// `replay`: a recorded session on the screen, at any moment; without a terminal, a list of its events.

import { DevError, EXIT, type ExitCode } from '../../../errors.ts';
import { worktreeOf } from '../../../config/worktree.ts';
import { projectLabel } from '../../../format/address.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { whyNoScreen } from '../../context/face.ts';
import { jsonData } from '../../context/json.ts';
import { pastLines } from '../../text/past.ts';

export async function run(context: CliContext, { names: [file], options }: CommandRequest): Promise<ExitCode> {
  if (file === undefined) throw noFileNamed();
  const { session, replay } = await context.openRecording(file);
  if (options.json === true || whyNoScreen(context.terminal, context.env) !== undefined) {
    const { facts } = await session.readFacts(0);
    const items = facts.map(({ seq: _seq, time, ...fact }) => ({ at: time, actor: null, ...fact }));
    context.output.print(options.json === true ? jsonData({ items }) : pastLines(context, items).join('\n'));
    return EXIT.ok;
  }
  const { project, services } = await session.snapshot();
  const runScreen = await context.loadScreen('drawn');
  const { reason } = await runScreen({
    session: Promise.resolve(session),
    isJoined: Promise.resolve(false),
    projectName: projectLabel(project.name, project.root, worktreeOf(project.root)),
    serviceNames: services.map(({ name }) => name),
    replay,
  });
  return reason === 'hangup' ? EXIT.terminated : EXIT.ok;
}

function noFileNamed(): DevError {
  return new DevError({
    code: 'usage',
    exitCode: EXIT.usage,
    message: 'replay needs the file of a recording.',
    hint: 'record a session with DEVDECK_RECORD=session.jsonl ./dev\n./dev replay session.jsonl',
  });
}
