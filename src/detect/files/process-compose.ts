// process-compose.yaml: processes with dependencies, probes and restart rules that have their like here.

import type { ProbeInput, ServiceInput } from '../../config/rules/schema.ts';
import { asShellLine, withPort } from '../facts/command-port.ts';
import { asMap, asText, asTexts } from '../facts/folder.ts';
import { parseYaml } from '../stacks/node-packages.ts';
import type { ProposedService } from '../facts/proposal.ts';

type Map = Readonly<Record<string, unknown>>;

const CONDITIONS: Readonly<Record<string, 'started' | 'ready' | 'completed'>> = {
  process_started: 'started',
  process_healthy: 'ready',
  process_log_ready: 'ready',
  process_completed: 'completed',
  process_completed_successfully: 'completed',
};
const RESTARTS: Readonly<Record<string, 'no' | 'on-failure' | 'always'>> = {
  always: 'always',
  on_failure: 'on-failure',
  exit_on_failure: 'no',
  no: 'no',
};
const SIGNALS: Readonly<Record<number, 'SIGHUP' | 'SIGINT' | 'SIGQUIT' | 'SIGKILL' | 'SIGTERM'>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  9: 'SIGKILL',
  15: 'SIGTERM',
};

export function fromProcessCompose(text: string, file: string): readonly ProposedService[] {
  const whole = asMap(parseYaml(text));
  const shared = environmentOf(whole['environment']);
  const processes = Object.entries(asMap(whole['processes']));
  const names = processes.map(([name]) => name);
  return processes.flatMap(([name, written]) => {
    const process = asMap(written);
    const command = asText(process['command']);
    return command === undefined || command.trim() === ''
      ? []
      : [serviceOf(name, process, { command, shared, names, file })];
  });
}

interface Surroundings {
  readonly command: string;
  readonly shared: Readonly<Record<string, string>>;
  readonly names: readonly string[];
  readonly file: string;
}

function serviceOf(
  name: string,
  process: Map,
  { command: written, shared, names, file }: Surroundings,
): ProposedService {
  const probe = probeOf(asMap(process['readiness_probe'] ?? process['liveness_probe']));
  const { command, port = probe?.port } = withPort(written);
  const env = { ...shared, ...environmentOf(process['environment']) };
  const signal = SIGNALS[Number(asMap(process['shutdown'])['signal'])];
  const grace = Number(asMap(process['shutdown'])['timeout_seconds']);
  const logLine = asText(process['ready_log_line']);
  const isNotWanted = process['disabled'] === true;
  const dependsOn = dependenciesOf(asMap(process['depends_on']), names);
  const stop = {
    ...(signal === undefined ? {} : { signal }),
    ...(grace > 0 && grace <= 86_400 ? { grace: `${Math.ceil(grace)}s` } : {}),
  };
  return {
    name,
    role: 'other',
    because: asText(process['description'])?.split('\n')[0]?.trim() || `${name} of ${file}`,
    command,
    dir: (asText(process['working_dir']) ?? '').replace(/^\.\/?/, '').replace(/\/$/, ''),
    ...(port === undefined ? {} : { port: { wanted: port } }),
    settings: {
      ...(probe === undefined ? {} : { health: probe.probe }),
      ...(logLine === undefined || logLine === '' || probe !== undefined ? {} : { ready: { log: escaped(logLine) } }),
      ...(Object.keys(dependsOn).length === 0 ? {} : { depends_on: dependsOn }),
      ...(Object.keys(env).length === 0 ? {} : { env }),
      ...(process['is_tty'] === false ? { tty: false } : {}),
      ...(isNotWanted ? { autostart: false } : {}),
      ...(Object.keys(stop).length === 0 ? {} : { stop }),
      ...restartOf(asMap(process['availability'])),
    },
  };
}

function dependenciesOf(
  written: Map,
  names: readonly string[],
): Readonly<Record<string, 'started' | 'ready' | 'completed'>> {
  const known = Object.entries(written).filter(([name]) => names.includes(name));
  return Object.fromEntries(
    known.map(([name, rule]) => [name, CONDITIONS[asText(asMap(rule)['condition']) ?? ''] ?? 'started']),
  );
}

/** A process of theirs is not restarted unless it says so. */
function restartOf(availability: Map): Pick<ServiceInput, 'restart'> {
  const policy = RESTARTS[asText(availability['restart']) ?? 'no'] ?? 'no';
  const max = Number(availability['max_restarts']);
  return { restart: Number.isInteger(max) && max > 0 && policy !== 'no' ? { policy, max } : policy };
}

function probeOf(written: Map): { readonly probe: ProbeInput; readonly port?: number } | undefined {
  const http = asMap(written['http_get']);
  const command = asText(asMap(written['exec'])['command']);
  const timing = {
    ...seconds('interval', written['period_seconds']),
    ...seconds('timeout', written['timeout_seconds']),
    ...seconds('start_period', written['initial_delay_seconds']),
  };
  if (command !== undefined && command.trim() !== '') return { probe: { command: asShellLine(command), ...timing } };
  const port = Number(http['port']);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return undefined;
  const path = `/${(asText(http['path']) ?? '').replace(/^\//, '')}`;
  const host = asText(http['host']) ?? 'localhost';
  const isLocal = ['localhost', '127.0.0.1', '::1', '0.0.0.0'].includes(host) && http['scheme'] !== 'https';
  if (/[\s$]/.test(path)) return { probe: { tcp: true, ...timing }, port };
  if (isLocal) return { probe: { http: path, ...timing }, port };
  const url = `${asText(http['scheme']) === 'https' ? 'https' : 'http'}://${host}:${port}${path}`;
  return URL.canParse(url) && !/[\s$]/.test(url) ? { probe: { http: url, ...timing } } : undefined;
}

function seconds(key: 'interval' | 'timeout' | 'start_period', value: unknown): Readonly<Record<string, string>> {
  const ms = Math.round(Number(value) * 1000);
  if (!(ms > 0 && ms <= 86_400_000)) return {};
  return { [key]: ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms` };
}

/** `environment` is a list of `NAME=value`. */
function environmentOf(written: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    asTexts(written).flatMap((entry) => {
      const [, key, value] = /^([^=\s]+)=([^]*)$/.exec(entry) ?? [];
      return key === undefined || value === undefined ? [] : [[key, expandable(value)] as const];
    }),
  );
}

/** Theirs expands `$VAR` and `${VAR}`; anything else in braces would be refused here. */
function expandable(value: string): string {
  return value.replaceAll(/\$\{(?![A-Za-z_]\w*\})/g, '\\${');
}

function escaped(line: string): string {
  return line.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
