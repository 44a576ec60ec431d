// The words of a simple command line, as far as they are needed to see which program it starts. Quotes keep blanks together;
// nothing is expanded.

/** A longer line is taken as it is: nobody wrote it by hand, and looking into it would cost too much. */
export const LONGEST_LINE = 2_000;

export function wordsOf(line: string): readonly string[] {
  return line.trim().match(/"[^"]*"|'[^']*'|[^\s"']+/g) ?? [];
}

const BEFORE_PROGRAM = new Set(['env', 'exec', 'npx', 'bunx', 'time', 'yarn', 'cross-env']);
const RUNNERS = new Set(['pnpm exec', 'uv run', 'poetry run', 'pipenv run', 'pdm run', 'bundle exec', 'yarn exec']);

/** Without assignments and what only starts the program in its environment: `NODE_ENV=x npx tsx a.ts` → `tsx a.ts`. */
function fromProgram(words: readonly string[]): readonly string[] {
  const [first = '', second = '', ...rest] = words;
  if (RUNNERS.has(`${first} ${second}`)) return fromProgram(rest);
  if (/^[A-Za-z_]\w*=/.test(first) || BEFORE_PROGRAM.has(first)) return fromProgram(words.slice(1));
  return words;
}

const STARTERS = new Set('node nodemon tsx ts-node ts-node-dev bun deno python python3 ruby php'.split(' '));
const SUBCOMMANDS = new Set(['run', 'watch']);
const SOURCE = /^[\w./-]{1,200}\.(?:[cm]?[jt]s|py|rb)$/;

/** The source file that the line starts: `server.js` of `nodemon --watch src server.js`. */
export function startedFile(line: string): string | undefined {
  const [program = '', ...rest] = fromProgram(wordsOf(line));
  if (!STARTERS.has(program)) return undefined;
  const after = rest.find((word) => !word.startsWith('-') && !SUBCOMMANDS.has(word));
  const file = after !== undefined && SOURCE.test(after) ? after : rest.find((word) => SOURCE.test(word));
  return rest.some((word) => word === '-c' || word === '-e' || word === '-m') ? undefined : file;
}

export interface ScriptCall {
  readonly manager: string;
  readonly script: string;
  /** Where the package lies, from where the line runs: of `cd`, `--prefix`, `--cwd`, `-C`. */
  readonly dirs: readonly string[];
  /** The line hands arguments on already. */
  readonly hasDashes: boolean;
}

const MANAGERS = new Set(['npm', 'pnpm', 'yarn', 'bun']);
const FOLDER_OPTION = /^(?:--prefix|--cwd|--dir|-C)(?:=(.+))?$/;

/** `cd web && npm run dev --prefix x -- --host` → the script `dev` in `web/x`. Undefined for any other line. */
export function scriptCall(line: string): ScriptCall | undefined {
  const parts = line.split('&&');
  const entered = parts.length === 2 ? /^\s*cd\s+(\S+)\s*$/.exec(parts[0] ?? '')?.[1] : undefined;
  if (parts.length > 1 && entered === undefined) return undefined;
  const words = fromAssignments(wordsOf(parts.at(-1) ?? ''));
  const [manager = '', ...rest] = words;
  if (!MANAGERS.has(manager) || rest.some((word) => /[;|&<>]/.test(word))) return undefined;
  const dirs = entered === undefined ? [] : [entered];
  const names: string[] = [];
  let hasDashes = false;
  for (let index = 0; index < rest.length; index += 1) {
    const word = rest[index] ?? '';
    const option = FOLDER_OPTION.exec(word);
    if (word === '--') {
      hasDashes = true;
      break;
    }
    if (option !== null) {
      dirs.push(option[1] ?? rest[index + 1] ?? '');
      if (option[1] === undefined) index += 1;
    } else if (!word.startsWith('-')) names.push(word);
    else if (names.length === 0 && word !== '-s' && word !== '--silent') return undefined;
  }
  const [script] = names[0] === 'run' || names[0] === 'run-script' ? names.slice(1) : names;
  return script === undefined ? undefined : { manager, script, dirs, hasDashes };
}

function fromAssignments(words: readonly string[]): readonly string[] {
  const start = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
  return start < 0 ? [] : words.slice(start);
}
