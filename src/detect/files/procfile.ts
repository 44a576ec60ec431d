// Procfile: a name and a command in each line. The numbers follow foreman: 5000 for the first, 100 more for each next.

import { withPort } from '../facts/command-port.ts';
import type { ProposedService } from '../facts/proposal.ts';

const LINE = /^([\w-]+):\s*(\S.*)$/;

export function fromProcfile(text: string, file: string): readonly ProposedService[] {
  const entries = text.split(/\r?\n/).flatMap((line) => {
    const [, name, command] = LINE.exec(line.trim()) ?? [];
    return name === undefined || command === undefined ? [] : [{ name, command }];
  });
  return entries.map(({ name, command: written }, index) => {
    const { command, port } = withPort(written, 5000 + index * 100);
    return {
      name,
      role: name === 'web' ? ('backend' as const) : ('other' as const),
      because: `${name} of ${file}`,
      command,
      dir: '',
      ...(port === undefined ? {} : { port: { wanted: port } }),
      // Heroku runs it once, when a release goes out.
      ...(name === 'release' ? { settings: { autostart: false, restart: 'no' as const } } : {}),
    };
  });
}
