// mprocs.yaml: `procs` with a shell line or a list of words each.

import { withPort } from '../facts/command-port.ts';
import { asMap, asText, asTexts } from '../facts/folder.ts';
import { parseYaml } from '../stacks/node-packages.ts';
import type { ProposedService } from '../facts/proposal.ts';

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGKILL'] as const;

export function fromMprocs(text: string, file: string): readonly ProposedService[] {
  const procs = Object.entries(asMap(asMap(parseYaml(text))['procs']));
  return procs.flatMap(([name, written]) => {
    const proc =
      typeof written === 'string' ? { shell: written } : Array.isArray(written) ? { cmd: written } : asMap(written);
    const command = commandOf(proc);
    return command === undefined ? [] : [serviceOf(name, proc, command, file)];
  });
}

function commandOf(proc: Readonly<Record<string, unknown>>): string | readonly string[] | undefined {
  const words = asTexts(chosen(proc['cmd']));
  return asText(chosen(proc['shell'])) ?? (words.length > 0 ? words : undefined);
}

function serviceOf(
  name: string,
  proc: Readonly<Record<string, unknown>>,
  command: string | readonly string[],
  file: string,
): ProposedService {
  const { port, ...line } = typeof command === 'string' ? withPort(command) : { command };
  const cwd =
    asText(chosen(proc['cwd']))
      ?.replace(/^<CONFIG_DIR>\/?/, '')
      .replace(/^\.\/?/, '')
      .replace(/\/$/, '') ?? '';
  const signal = SIGNALS.find((candidate) => candidate === proc['stop']);
  const env = environmentOf(proc['env']);
  return {
    name,
    role: 'other',
    because: `${name} of ${file}`,
    command: line.command,
    dir: cwd,
    ...(port === undefined ? {} : { port: { wanted: port } }),
    settings: {
      ...(env === undefined ? {} : { env }),
      ...(proc['autostart'] === false ? { autostart: false } : {}),
      restart: proc['autorestart'] === true ? 'always' : 'no',
      ...(signal === undefined ? {} : { stop: { signal } }),
    },
  };
}

/** `null` takes a variable away there; here it is left out. */
function environmentOf(env: unknown): Readonly<Record<string, string>> | undefined {
  const entries = Object.entries(asMap(env)).flatMap(([key, value]) => {
    const text = asText(chosen(value));
    return text === undefined ? [] : [[key, literal(text)] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** mprocs does not expand what stands in `env`. */
function literal(text: string): string {
  return /\$\{|\$\$|\\\$/.test(text) ? text.replaceAll('$', '\\$$') : text;
}

/** `{$select: os, windows: …, $else: …}` */
function chosen(value: unknown): unknown {
  const choice = asMap(value);
  if (choice['$select'] !== 'os') return value;
  const os = process.platform === 'darwin' ? 'macos' : 'linux';
  return choice[os] ?? choice['$else'];
}
