// `timeline`: all facts of all sessions, sorted by time. Needs no session.

import { EXIT, type ExitCode } from '../../../errors.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { jsonData } from '../../context/json.ts';
import { pastLines, readPast, sinceMsOf } from '../../text/past.ts';

const USUAL_MS = 24 * 3_600_000;

export async function run(context: CliContext, { names, options }: CommandRequest): Promise<ExitCode> {
  const nowMs = context.clock.wallMs();
  const sinceMs = sinceMsOf(options.since, nowMs) ?? nowMs - USUAL_MS;
  const { items } = await readPast(context, { names, sinceMs });
  if (options.json === true) context.output.print(jsonData({ items }));
  else
    context.output.print(
      items.length === 0 ? 'Nothing has happened in that time.' : pastLines(context, items).join('\n'),
    );
  return EXIT.ok;
}
