// Which ports a service may have tried if its error names none: by its command line and scripts, by its processes'
// command lines, by its environment. These are guesses, the best first. A caller checks the port before it acts on
// one.

import { join } from 'node:path';
import { portInCommand, scriptName } from '../../core/ports/port-in-command.ts';
import { commandText, type ServiceSpec } from '../../core/model/project.ts';

export interface Tried {
  readonly spec: ServiceSpec;
  /** The port that the service was given. */
  readonly own: number | undefined;
  /** Command lines of its processes. */
  readonly commands: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Ports of other services: a variable with such a port is an address to call. */
  readonly others: ReadonlySet<number>;
  /** The text of a file; undefined if it is unreadable. */
  readonly read: (path: string) => string | undefined;
}

export function portsMeant(tried: Tried): readonly number[] {
  const { own, commands, environment, others } = tried;
  const lines = [...commands, ...linesOf(tried)].map((line) => expanded(line, environment));
  const asked = lines.map(portAsked);
  const inEnvironment = listeningVariables(environment).filter((port) => !others.has(port));
  return [...new Set([own, ...asked, ...inEnvironment])].filter((port) => port !== undefined);
}

/** A port from an unknown variable is not the usual port of its program. */
function portAsked(line: string): number | undefined {
  return /\$\{?\w*PORT|\.port\}/.test(line) ? undefined : portInCommand(line);
}

/** The command, and the lines of the script that it runs: of package.json, of a Makefile, of a shell. */
function linesOf({ spec: { command, cwd }, read }: Tried): readonly string[] {
  const line = commandText(command);
  const script = scriptName(line);
  const target = /^\s*make\s+(?:-\S+\s+)*([\w.-]+)\s*$/.exec(line)?.[1];
  const file =
    /^\s*(?:(?:exec|bash|sh|zsh)\s+)*([\w./-]+\.(?:sh|bash)|\.{0,2}\/?(?:bin|script|scripts)\/[\w.-]+)(?:\s|$)/.exec(
      line,
    )?.[1];
  const texts = [
    script === undefined ? undefined : scriptsIn(read(join(cwd, 'package.json')))[script],
    target === undefined ? undefined : recipeOf(target, read(join(cwd, 'Makefile')) ?? ''),
    file === undefined ? undefined : read(file.startsWith('/') ? file : join(cwd, file)),
  ];
  const found = texts.flatMap((text) => text?.split('\n') ?? []).filter((each) => each.trim() !== '');
  // A script's content says more than its name.
  return found.length > 0 ? found.slice(0, MOST_LINES).toReversed() : [line];
}

const MOST_LINES = 500;

function scriptsIn(manifest: string | undefined): Readonly<Record<string, string>> {
  try {
    const { scripts } = JSON.parse(manifest ?? '{}') as { readonly scripts?: Readonly<Record<string, string>> };
    return scripts ?? {};
  } catch {
    return {};
  }
}

function recipeOf(target: string, makefile: string): string {
  const lines = makefile.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`${target}:`)) + 1;
  const end = lines.findIndex((line, index) => index >= start && !/^(?:\t|\s*$)/.test(line));
  return start === 0 ? '' : lines.slice(start, end < 0 ? undefined : end).join('\n');
}

/** `$NAME`, `${NAME}`, `${NAME:-8000}`, and `$(NAME)` of make. */
function expanded(line: string, environment: Readonly<Record<string, string>>): string {
  return line
    .replaceAll(/["']/g, '')
    .replaceAll(
      /\$(?:\{([A-Za-z_]\w*)(?::?-([^}]*))?\}|\(([A-Za-z_]\w*)\)|([A-Za-z_]\w*))/g,
      (whole, braced?: string, fallback?: string, ofMake?: string, plain?: string) =>
        environment[braced ?? ofMake ?? plain ?? ''] ?? fallback ?? whole,
    );
}

/** Variables that tell programs where to listen; DB_PORT and the like say where to call. */
const LISTENING =
  /^(?:PORT|(?:APP|HTTP|HTTPS|SERVER|LISTEN|BIND|WEB|DEV_SERVER|FLASK_RUN|UVICORN|VITE)_PORT|(?:LISTEN|BIND|HTTP|SERVER)_ADDR(?:ESS)?)$/;

function listeningVariables(environment: Readonly<Record<string, string>>): readonly number[] {
  return Object.entries(environment).flatMap(([name, value]) => {
    const port = LISTENING.test(name) ? Number(/(?:^|:)(\d{2,5})$/.exec(value)?.[1]) : 0;
    return port > 0 && port <= 65_535 ? [port] : [];
  });
}
