// Which port a command line asks for: by an option, an address, or its program's default. For errors that name no
// port. It is a guess, so the port is checked before use.

const OPTION =
  /(?:^|\s)(?:--?(?:[\w-]*port|listen|bind|addr(?:ess)?|server\.port)|-[pPbSl])(?:=|\s+|(?=\d))(?:\S*:)?(\d{2,5})(?=\s|$|['"])/;
const WORD = /\b(?:http\.server|runserver)\b(?:\s+-{1,2}[\w-]+(?:[= ]\S+)?){0,10}\s+(?:\S*:)?(\d{2,5})(?=\s|$)/;
const VARIABLE = /(?:^|\s)[A-Z_]*PORT=(\d{2,5})(?=\s|$)/;
const ADDRESS = /(?:^|\s)(?:[\w.-]*|\[[\da-f:]*\]):(\d{2,5})(?=\s|$)/i;

/** The default ports of programs, from their documentation. */
const USUAL: readonly (readonly [program: RegExp, port: number])[] = [
  [/\bhttp\.server\b/, 8000],
  [/\brunserver\b/, 8000],
  [/\b(?:uvicorn|gunicorn|hypercorn|fastapi|mkdocs serve|artisan serve)\b/, 8000],
  [/\bflask\b.{0,200} run\b/, 5000],
  [/\b(?:rails s(?:erver)?|next (?:dev|start)|nuxi? dev)\b/, 3000],
  [/\bpuma\b/, 9292],
  [/\bstreamlit run\b/, 8501],
  [/\bjekyll serve\b/, 4000],
  [/\bhugo serv(?:e|er)\b/, 1313],
  [/\bstorybook\b/, 6006],
  [/\bng serve\b/, 4200],
  [/\bwebpack(?:-dev-server| serve)\b/, 8080],
  [/\bastro (?:dev|preview)\b/, 4321],
  [/\bvite\b/, 5173],
  [/\bredis-server\b/, 6379],
];

/** Undefined when the command line tells nothing. */
export function portInCommand(commandLine: string): number | undefined {
  for (const pattern of [OPTION, WORD, VARIABLE, ADDRESS]) {
    const port = Number(pattern.exec(commandLine)?.[1]);
    if (port > 0 && port <= 65_535) return port;
  }
  return USUAL.find(([program]) => program.test(commandLine))?.[1];
}

/** The script of package.json that a command line runs; undefined when it runs none. */
export function scriptName(commandLine: string): string | undefined {
  return /^\s*(?:npm|pnpm|yarn|bun) (?:run )?(?:-\S+ )*([\w:.-]+)\s*$/.exec(commandLine)?.[1];
}
