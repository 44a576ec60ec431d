// Probes of process-compose: `readiness_probe` is when a process counts as ready, `liveness_probe` when it is restarted.

import type { ProbeInput } from '../../config/rules/schema.ts';
import { asShellLine } from '../commands/written-port.ts';
import { asPort, asShellText, withValues } from '../commands/placeholders.ts';
import type { Folder } from '../facts/folder.ts';
import type { ProposedPort } from '../facts/proposal.ts';
import type { SourceMap } from '../ledger/source-map.ts';
import { duration } from '../lines/imported.ts';

/** What the whole file says for each of its processes. */
export interface ProjectContext {
  readonly folder: Folder;
  readonly file: string;
  readonly names: readonly string[];
  readonly variables: ReadonlyMap<string, string>;
  /** False with `disable_env_expansion`: then a dollar is a dollar. */
  readonly expands: boolean;
  /** Of all processes, as the file has it. */
  readonly environment: unknown;
  readonly shell: { readonly command: string; readonly argument: string } | undefined;
  readonly vars: SourceMap;
}

export interface Probes {
  readonly ready?: ProbeInput;
  readonly health?: ProbeInput;
  /** The port that a probe of this machine asks. */
  readonly port?: ProposedPort;
}

interface FoundProbe {
  readonly probe: ProbeInput;
  readonly port?: ProposedPort;
}

export function probesOf(process: SourceMap, context: ProjectContext): Probes {
  const readiness = probeOf(process.map('readiness_probe'), context);
  const liveness = probeOf(process.map('liveness_probe'), context);
  const logLine = process.text('ready_log_line');
  const ready = readiness ?? (logLine === undefined ? undefined : { probe: { log: escaped(logLine) } });
  if (readiness !== undefined && logLine !== undefined) process.lose('ready_log_line', 'the probe decides');
  // One probe alone is both: when it is ready, and whether it still is.
  const health = liveness === undefined ? readiness : { ...liveness, probe: { ...liveness.probe, restart: true } };
  const isBoth = liveness === undefined && readiness !== undefined;
  const port = readiness?.port ?? liveness?.port;
  return {
    ...(ready === undefined || isBoth ? {} : { ready: ready.probe }),
    ...(health === undefined ? {} : { health: health.probe }),
    ...(port === undefined ? {} : { port }),
  };
}

function probeOf(written: SourceMap, context: ProjectContext): FoundProbe | undefined {
  if (written.keys().length === 0) return undefined;
  const found = commandProbe(written.map('exec')) ?? httpProbe(written.map('http_get'), context);
  if (found === undefined) return undefined;
  const retries = written.number('failure_threshold', 1);
  if (written.number('success_threshold') === 1) written.take('success_threshold');
  else if (written.has('success_threshold')) written.lose('success_threshold', 'one answer is enough');
  const timing = Object.entries({
    interval: duration(written.number('period_seconds')),
    timeout: duration(written.number('timeout_seconds')),
    start_period: duration(written.number('initial_delay_seconds')),
    retries: retries !== undefined && Number.isInteger(retries) && retries <= 1000 ? retries : undefined,
  }).filter(([, value]) => value !== undefined);
  return { ...found, probe: { ...found.probe, ...Object.fromEntries(timing) } };
}

function commandProbe(exec: SourceMap): FoundProbe | undefined {
  const command = exec.text('command');
  return command === undefined ? undefined : { probe: { command: asShellLine(asShellText(command)) } };
}

const HERE = ['localhost', '127.0.0.1', '::1', '0.0.0.0', ''];

function httpProbe(http: SourceMap, { variables }: ProjectContext): FoundProbe | undefined {
  const port = asPort(http.text('port') ?? http.text('num_port'), variables);
  if (port === undefined) {
    if (http.has('port')) http.lose('port', 'its number is not known here; give the service a port and health');
    return undefined;
  }
  const host = withValues(http.text('host') ?? 'localhost', variables) ?? '';
  const scheme = http.text('scheme') ?? 'http';
  const writtenPath = http.text('path') ?? '/';
  const path = `/${(withValues(writtenPath, variables) ?? '').replace(/^\//, '')}`;
  const own: ProposedPort = { wanted: port.number, ...(typeof port.text === 'string' ? { text: port.text } : {}) };
  if (HERE.includes(host) && scheme !== 'https') {
    if (!/[\s$]/.test(path) && withValues(writtenPath, variables) !== undefined)
      return { probe: { http: path }, port: own };
    http.lose('path', 'the port alone is tried');
    return { probe: { tcp: true }, port: own };
  }
  const url = `${scheme === 'https' ? 'https' : 'http'}://${host}:${port.number}${path}`;
  if (URL.canParse(url) && !/[\s$]/.test(url)) return { probe: { http: url } };
  http.lose('host', 'it is not a valid host');
  return undefined;
}

function escaped(line: string): string {
  return line.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
