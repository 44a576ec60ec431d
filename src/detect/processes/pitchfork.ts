// pitchfork.toml: daemons with dependencies, ports and ready checks.
// It starts what is named, or what `auto` starts on entering the folder; all of them start here, as with `start --all`.

import { asDir, dotenvVariables } from '../commands/folders.ts';
import { literalEnvValue, withValues } from '../commands/placeholders.ts';
import { asMap, asText, type Folder } from '../facts/folder.ts';
import type { ProposedPort, ProposedService, Settings } from '../facts/proposal.ts';
import { readSource } from '../ledger/read-source.ts';
import { SourceMap } from '../ledger/source-map.ts';
import { commandLine } from '../lines/command-line.ts';
import { duration, imported, portOf, settingsOf, unusable, type Imported } from '../lines/imported.ts';

export function fromPitchfork(folder: Folder, file: string): Imported {
  const source = readSource(folder.read(file) ?? '', 'toml');
  if (source.problem !== undefined) return unusable(source.problem);
  const local = readSource(folder.read(file.replace(/\.toml$/, '.local.toml')) ?? '', 'toml');
  const own = local.problem === undefined ? asMap(local.value['daemons']) : {};
  const whole = new SourceMap({ ...source.value, daemons: { ...asMap(source.value['daemons']), ...own } });
  const daemons = whole.maps('daemons');
  const names = daemons.map(([name]) => name);
  const services = daemons.flatMap(([name, daemon]) => serviceOf(name, daemon, { folder, file, names }) ?? []);
  return imported(services, whole.leftOut(), 'daemon');
}

interface Context {
  readonly folder: Folder;
  readonly file: string;
  readonly names: readonly string[];
}

function serviceOf(name: string, daemon: SourceMap, { folder, file, names }: Context): ProposedService | undefined {
  const run = daemon.text('run');
  if (run === undefined) return undefined;
  const variables = dotenvVariables(folder);
  const dir = folderOf(daemon, variables);
  const { env, port: ofEnv } = environmentOf(daemon, names);
  const stated = declaredPort(daemon) ?? ofEnv;
  const line = commandLine(withTemplates(run, names, daemon), {
    folder,
    dir,
    variables,
    ...(stated === undefined ? {} : { stated: stated.wanted }),
  });
  const { probe, port: probed } = readyOf(daemon);
  const schedule = daemon.has('cron');
  if (schedule) daemon.lose('cron', 'devdeck runs nothing by the clock: it starts when it is named');
  const retry = daemon.take('retry');
  const max = typeof retry === 'number' && retry > 0 ? retry : undefined;
  const dependsOn = daemon.texts('depends');
  for (const missing of dependsOn.filter((wanted) => !names.includes(wanted)))
    daemon.loseText(`depends: ${missing} (it is not among the daemons)`);
  daemon.take('auto');
  return {
    name,
    role: 'other',
    because: `${name} of ${file}`,
    command: line.command,
    dir,
    ...portOf(stated ?? line.port ?? probed),
    settings: settingsOf({
      health: probe ?? (line.address === undefined ? line.health : { tcp: line.address }),
      ready: logOf(daemon),
      depends_on: Object.fromEntries(
        dependsOn.filter((wanted) => names.includes(wanted)).map((wanted) => [wanted, 'ready' as const]),
      ),
      env: { ...line.env, ...env },
      watch: [...daemon.texts('watch')],
      alerts: alertsOf(daemon),
      autostart: schedule ? false : undefined,
      restart: max === undefined ? (retry === true ? 'on-failure' : 'no') : { policy: 'on-failure', max },
      stop: stopOf(daemon),
    }),
    leftOut: daemon.leftOut(),
  };
}

function folderOf(daemon: SourceMap, variables: ReadonlyMap<string, string>): string {
  const written = daemon.text('dir') ?? '';
  const known = withValues(written, variables);
  if (known === undefined) daemon.lose('dir', 'its variable is not known here');
  return asDir(known ?? '');
}

/** `{{ daemons.api.port }}` is a reference here. */
function withTemplates(text: string, names: readonly string[], daemon: SourceMap): string {
  const replaced = text.replaceAll(
    /\{\{\s*daemons(?:\.([\w-]+)|\[['"]([^'"]+)['"]\])\.(port|ports\[0\])\s*\}\}/g,
    (whole, plain?: string, quoted?: string) => {
      const name = plain ?? quoted ?? '';
      return names.includes(name) ? `\${${name}.port}` : whole;
    },
  );
  for (const [template] of replaced.matchAll(/\{\{[^{}\n]{0,200}\}\}/g)) daemon.loseText(`the template ${template}`);
  return replaced;
}

function environmentOf(
  daemon: SourceMap,
  names: readonly string[],
): { readonly env: Readonly<Record<string, string>>; readonly port?: ProposedPort } {
  const env: Record<string, string> = {};
  let port: ProposedPort | undefined;
  for (const [key, value] of Object.entries(asMap(daemon.take('env')))) {
    const text = asText(value);
    if (text === undefined) continue;
    const number = key === 'PORT' ? Number(text) : Number.NaN;
    if (Number.isInteger(number) && number > 0 && number <= 65_535) port = { wanted: number };
    else env[key] = text.includes('{{') ? withTemplates(text, names, daemon) : literalEnvValue(text);
  }
  return { env, ...portOf(port) };
}

/** `port = 3000`, `port = [3000]`, `port = { expect = [3000], bump = true }`, `expected_port = [3000]`. */
function declaredPort(daemon: SourceMap): ProposedPort | undefined {
  const map = daemon.map('port');
  const written = map.keys().length > 0 ? map.texts('expect') : [];
  const listed = [...written, ...daemon.texts('port'), ...daemon.texts('expected_port')];
  const alone = daemon.number('port', 1) ?? map.number('expect', 1) ?? daemon.number('expected_port', 1);
  const [first, ...others] = listed;
  map.take('bump');
  daemon.take('auto_bump_port');
  daemon.take('port_bump_attempts');
  if (others.length > 0)
    daemon.loseText(`port: ${others.join(', ')} (a service has one port; PORT1 and others are not set)`);
  const wanted = Number(first ?? alone);
  return Number.isInteger(wanted) && wanted > 0 && wanted <= 65_535 ? { wanted } : undefined;
}

/** Patterns of theirs are regular expressions, as here. */
function logOf(daemon: SourceMap): Settings['ready'] {
  const pattern = daemon.text('ready_output') ?? daemon.map('ready').text('output');
  if (pattern === undefined) return undefined;
  if (isPattern(pattern)) return { log: pattern };
  daemon.lose('ready_output', 'it is not a regular expression here');
  return undefined;
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text).source !== '';
  } catch {
    return false;
  }
}

function readyOf(daemon: SourceMap): {
  readonly probe?: NonNullable<Settings['health']>;
  readonly port?: ProposedPort;
} {
  const ready = daemon.map('ready');
  const http = daemon.map('ready_http');
  ready.take('type');
  const url = daemon.text('ready_http') ?? http.text('url') ?? ready.text('url');
  const port = daemon.number('ready_port', 1) ?? ready.number('port', 1);
  const command = daemon.text('ready_cmd') ?? ready.text('cmd') ?? ready.text('command');
  const timeout = daemon.text('ready_timeout') ?? http.text('timeout');
  if (timeout !== undefined) daemon.loseText(`ready timeout: ${timeout} (start_period and up --timeout say how long)`);
  if (url !== undefined && URL.canParse(url)) {
    const { hostname, port: written, pathname, protocol } = new URL(url);
    const isHere = ['localhost', '127.0.0.1', '0.0.0.0', '[::1]'].includes(hostname) && protocol === 'http:';
    if (isHere && Number(written) > 0) return { probe: { http: pathname }, port: { wanted: Number(written) } };
    return { probe: { http: url } };
  }
  if (port !== undefined) return { probe: { tcp: true }, port: { wanted: port } };
  return command === undefined ? {} : { probe: { command } };
}

function alertsOf(daemon: SourceMap): Settings['alerts'] {
  const memory = /^(\d+(?:\.\d+)?)\s*([KMG])i?B$/i.exec(daemon.text('memory_limit') ?? '');
  const cpu = daemon.number('cpu_limit', 1);
  if (memory !== null) daemon.loseText('memory_limit (an alert here: nothing is killed for it)');
  if (cpu !== undefined) daemon.loseText('cpu_limit (an alert here: nothing is killed for it)');
  return {
    ...(memory === null ? {} : { memory: `${memory[1]}${memory[2]?.toUpperCase()}iB` }),
    ...(cpu === undefined ? {} : { cpu: `${cpu}%` }),
  };
}

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGKILL', 'SIGUSR1', 'SIGUSR2'] as const;

function stopOf(daemon: SourceMap): NonNullable<Settings['stop']> {
  const map = daemon.map('stop_signal');
  const written = (daemon.text('stop_signal') ?? map.text('signal'))?.toUpperCase();
  const signal = SIGNALS.find((candidate) => candidate === written || candidate === `SIG${written}`);
  const seconds = Number(/^(\d+)(?:s|000ms)$/.exec(map.text('timeout') ?? '')?.[1]);
  return {
    ...(signal === undefined ? {} : { signal }),
    ...(duration(seconds) === undefined ? {} : { grace: duration(seconds) }),
  };
}
