// `attach SERVICE`: this terminal in the hands of one service, without the screen.

import type { Environment } from '../../core/env/environment.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type { Session } from '../../core/session/session.ts';
import type { UserConfig } from '../../core/model/user-config.ts';
import type { ScreenHost } from '../../tui/terminal/screen-host.ts';
import { typeIntoService } from '../../tui/terminal/service-terminal.ts';
import { createTerminal, type TerminalInputStream, type TerminalOutputStream } from '../../tui/terminal/terminal.ts';
import { createTheme } from '../../tui/paint/theme.ts';

/**
 * Resolves when the person has come back, the session has ended, or the terminal has gone. It is restored in every case.
 * @throws DevError when there is no such service, or it has no terminal
 */
export async function runServiceTerminal(options: {
  readonly session: Session;
  readonly service: ServiceName;
  readonly stdin: TerminalInputStream;
  readonly stdout: TerminalOutputStream;
  readonly env: Environment;
  readonly userConfig: UserConfig;
  readonly host: ScreenHost;
}): Promise<{ readonly reason: 'left' | 'ended' | 'hangup' }> {
  const { session, service, stdin, stdout, env, userConfig, host } = options;
  const terminal = createTerminal({ stdin, stdout, stray: [], hasScreen: false });
  const { promise: end, resolve } = Promise.withResolvers<{ readonly reason: 'ended' | 'hangup' }>();
  const unsubscribe = session.subscribe((event) => {
    if (event.type === 'ended') resolve({ reason: 'ended' });
  });
  terminal.enter();
  terminal.listen({
    onInput: () => {},
    onResize: () => {},
    onReturn: () => {},
    onFarewell: () => resolve({ reason: 'hangup' }),
    onFocus: () => {},
    onGround: () => {},
    onStray: () => {},
  });
  try {
    const typing = typeIntoService({
      service,
      session,
      terminal,
      theme: createTheme(env, userConfig),
      passBytes: () => host.passBytes(),
    });
    return await Promise.race([typing.then(() => ({ reason: 'left' as const })), end]);
  } finally {
    unsubscribe();
    terminal.leave();
    stdout.write('\r\n');
  }
}
