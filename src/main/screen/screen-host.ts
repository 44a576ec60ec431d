// The screen's machine. Each part is loaded when a key first asks for it: what starts processes costs the first frame 5 ms.

import type { ScreenHost } from '../../tui/terminal/screen-host.ts';

export function createScreenHost({ listSessions }: Pick<ScreenHost, 'listSessions'>): ScreenHost {
  return {
    listSessions,
    openUrl: (url) => void import('./open-url.ts').then((module) => module.openUrl(url)),
    passBytes: () => {
      const { spawnSync } = process.getBuiltinModule('node:child_process');
      spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] });
    },
    openLog: async (place) => {
      const { openLog } = await import('./open-log.ts');
      await openLog(place, process.env);
    },
    findFile: (paths) => {
      const { statSync } = process.getBuiltinModule('node:fs');
      return paths.find((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
    },
    openSource: async (place) => {
      const { openSource } = await import('./open-log.ts');
      await openSource(place, process.env);
    },
    runCommand: async (command) => {
      const { runCommand } = await import('./run-command.ts');
      await runCommand(command);
    },
    openStream: async (options) => {
      const { openPlainStream } = await import('./plain-stream.ts');
      return openPlainStream(options);
    },
  };
}
