// The plan of `init` for a folder: new files, additions to existing ones, and files that it leaves alone.
// Writes nothing. Existing files are never replaced; a Makefile and a package.json only get missing entries.

import { DevError, EXIT } from '../../errors.ts';
import type { SettledService } from '../../detect/settle.ts';
import { agentFiles, type AgentFilesRequest } from './agent-files.ts';
import { LAUNCHER, LAUNCHER_MARK } from './launcher.ts';
import { makefileAddition } from './makefile.ts';
import { withNpmScripts } from './npm-scripts.ts';
import type { PlannedFile } from './write.ts';

export interface InitPlan {
  readonly files: readonly PlannedFile[];
  /** What stays as it is, and why. */
  readonly kept: readonly string[];
}

export interface InitRequest {
  readonly configText: string;
  readonly services: readonly Pick<SettledService, 'name' | 'role'>[];
  readonly makefile: boolean;
  readonly scripts: boolean;
  /** How files of agents are read, also in folders that hold no source; undefined when they are not asked for. */
  readonly agents?: AgentFilesRequest;
  /** The text of a file of the folder; undefined when there is none. */
  readonly read: (path: string) => string | undefined;
  /** Whether something of that name is there, readable or not. */
  readonly has: (path: string) => boolean;
}

const CONFIG = '.project.config';

export function planInit(request: InitRequest): InitPlan {
  const kept: string[] = [];
  const files = [
    ...configFile(request, kept),
    ...launcher(request, kept),
    ...(request.makefile ? makefile(request, kept) : []),
    ...(request.scripts ? scripts(request, kept) : []),
    ...(request.agents === undefined ? [] : agentFiles(request.agents, kept)),
  ];
  return { files, kept };
}

function configFile({ configText, has }: InitRequest, kept: string[]): readonly PlannedFile[] {
  if (!has(CONFIG)) return [{ path: CONFIG, change: 'create', text: configText, shown: configText }];
  kept.push(`${CONFIG} already exists`);
  return [];
}

function launcher({ read, has }: InitRequest, kept: string[]): readonly PlannedFile[] {
  if (!has('dev')) return [{ path: 'dev', change: 'create', text: LAUNCHER, shown: LAUNCHER, isExecutable: true }];
  const isOurs = read('dev')?.includes(LAUNCHER_MARK) ?? false;
  kept.push(
    isOurs
      ? 'dev already exists'
      : 'dev already exists and is not a launcher of devdeck: use npx devdeck in place of ./dev',
  );
  return [];
}

function makefile({ read, has, services }: InitRequest, kept: string[]): readonly PlannedFile[] {
  const path = ['GNUmakefile', 'makefile', 'Makefile'].find(has) ?? 'Makefile';
  const before = read(path);
  if (before === undefined && has(path)) throw unreadable(path);
  const first = (role: SettledService['role']) =>
    services.find(({ name }) => name === role)?.name ?? services.find((service) => service.role === role)?.name;
  const shown = makefileAddition(before ?? '', { backend: first('backend'), frontend: first('frontend') });
  if (shown !== '')
    return [{ path, change: before === undefined ? 'create' : 'add', text: (before ?? '') + shown, shown }];
  kept.push(`${path} has all the targets`);
  return [];
}

function scripts({ read, has }: InitRequest, kept: string[]): readonly PlannedFile[] {
  const path = 'package.json';
  const before = read(path);
  if (before === undefined) {
    if (has(path)) throw unreadable(path);
    kept.push('--scripts needs a package.json, and there is none');
    return [];
  }
  const after = withNpmScripts(before);
  if (after !== undefined) return [{ path, change: 'add', text: after.text, shown: after.added.join('\n') }];
  kept.push(`${path} has all the scripts`);
  return [];
}

function unreadable(path: string): DevError {
  return new DevError({
    code: 'refused',
    exitCode: EXIT.usage,
    message: `${path} exists, but is not a readable text file.`,
    hint: 'see what it is, or leave out the option that adds to it',
  });
}
