// `url [SERVICE]`: where a service of this very folder is reached, after proof; never a stranger's address.

import { EXIT, type ExitCode } from '../../../errors.ts';
import type { CliContext, CommandRequest } from '../../context/context.ts';
import { jsonData } from '../../context/json.ts';
import { passportOf } from '../../passport/passport.ts';

export async function run(context: CliContext, { names, options }: CommandRequest): Promise<ExitCode> {
  const passport = await passportOf(context, names[0]);
  context.output.print(options.json === true ? jsonData(passport) : passport.url);
  return EXIT.ok;
}
