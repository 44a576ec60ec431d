// `url [SERVICE]`: the address of a service of this folder, after proof; never the address of a foreign server.

import { EXIT, type ExitCode } from '../../../errors.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { jsonData } from '../../context/json.ts';
import { passportOf } from '../../passport/passport.ts';

export async function run(context: CliContext, { names, options }: CommandRequest): Promise<ExitCode> {
  const passport = await passportOf(context, names[0]);
  context.output.print(options.json === true ? jsonData(passport) : passport.url);
  return EXIT.ok;
}
