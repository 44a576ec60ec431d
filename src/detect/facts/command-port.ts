// A command line that was written for another tool: its port, so that it can be told another, and what has another meaning here.

export interface CommandWithPort {
  readonly command: string;
  readonly port?: number;
}

const AS_OPTION =
  /((?:^|\s)(?:--port[= ]|-p[= ]?|--bind[= ][\w.]*:|-b[= ]?[\w.]*:|runserver (?:[\w.]+:)?|http\.server |-S [\w.]+:|-listen[= ]:))(\d{4,5})(?=\s|$)/;
const WITH_DEFAULT = /\$\{PORT:-(\d{2,5})\}/;

/**
 * `vite --port 3000` → `vite --port $PORT` with port 3000; `-p ${PORT:-3000}` keeps its words.
 * @param usual for a command that reads `$PORT` and names no number
 */
export function withPort(command: string, usual?: number): CommandWithPort {
  const fallback = Number(WITH_DEFAULT.exec(command)?.[1]);
  if (isPort(fallback)) return { command, port: fallback };
  const written = Number(AS_OPTION.exec(command)?.[2]);
  if (isPort(written)) return { command: command.replace(AS_OPTION, '$1$$PORT'), port: written };
  if (usual !== undefined && /\$(?:PORT\b|\{PORT\})/.test(command)) return { command, port: usual };
  return { command };
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1024 && port <= 65_535;
}

/** `${a.b}` is nothing to a shell, and would be a reference here. */
export function asShellLine(line: string): string {
  return line.replaceAll(/(?<![\\$])\$\{(?=[A-Za-z0-9][\w.-]*\.\w+\})/g, '\\${');
}
