// A command line that another tool runs → the same line as devdeck runs it, with the port it listens on: written in the
// line, in the environment, in the script that it calls, in the program that it starts, or its tool's usual one.
// Trap: a wrong port is worse than none, since a service is ready when it listens there. Only what is certain counts.

import { baseOf, dirOf, inDir, type Folder } from '../facts/folder.ts';
import type { ProposedPort } from '../facts/proposal.ts';
import { healthRoute } from '../facts/health-route.ts';
import { listens, portInCode, readAll, readFiles, readsPort, sourcesIn } from '../facts/source-facts.ts';
import { isContainerClient, publishedAddress } from '../commands/containers.ts';
import { joinDirs } from '../commands/folders.ts';
import { serverTool, type ServerTool } from '../commands/server-tools.ts';
import { namesPortVariable, namesSeveralPorts, withPort } from '../commands/written-port.ts';
import { nodePackages, type NodePackage } from '../stacks/node-packages.ts';
import { scriptFacts } from '../stacks/script-facts.ts';
import { ORCHESTRATORS } from '../stacks/node-tools.ts';
import { LONGEST_LINE, scriptCall, startedFile } from '../commands/words.ts';

export interface CommandLine {
  readonly command: string;
  readonly port?: ProposedPort;
  /** Of a container that the line runs: what it publishes. */
  readonly address?: string;
  readonly health?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Surroundings {
  readonly folder: Folder;
  /** Where the line runs, from the root. */
  readonly dir: string;
  /** What `PORT` is, when the project says so itself. */
  readonly stated?: number;
  /** The default `PORT` of the tool. */
  readonly usual?: number;
  readonly variables?: ReadonlyMap<string, string>;
}

export function commandLine(line: string, surroundings: Surroundings): CommandLine {
  const { stated, usual, variables } = surroundings;
  if (line.length > LONGEST_LINE) return { command: line };
  if (isContainerClient(line)) {
    const address = publishedAddress(line);
    return address === undefined ? { command: line } : { command: line, address };
  }
  const assigned = /^\s*(?:env\s+)?PORT=\d+\s+(.*)$/.exec(line)?.[1];
  if (assigned !== undefined && serverTool(assigned)?.ignoresPort === true) return commandLine(assigned, surroundings);
  const written = withPort(line, undefined, variables);
  if (isNoServer(line) && !/--port/.test(line)) return { command: line };
  if (written.port !== undefined) {
    const text = written.portText === undefined ? {} : { text: written.portText };
    return { command: written.command, port: { wanted: written.port, ...text } };
  }
  if (namesSeveralPorts(line) || OPEN_PORT.test(line)) return { command: line };
  const found = ofScript(line, surroundings) ?? ofTool(line, surroundings) ?? ofProgram(line, surroundings);
  if (namesPortVariable(line)) {
    const wanted = stated ?? usual ?? found?.port?.wanted;
    return wanted === undefined ? { command: line } : { command: line, port: { wanted } };
  }
  return found ?? { command: line };
}

/** The port is a variable that nobody here knows: of make, of a template. */
const OPEN_PORT = /(?:port|-p)[= ]["']?(?:\$\(|\{\{|\$(?!\{?PORT\b)\{?[A-Za-z_])/;

/** Workers, watchers and consoles: a PORT before them is for the servers beside them. */
const NO_SERVER =
  /(?:^|[\s;&|/])(?:sidekiq|resque|good_job|delayed_job|solid_queue|shoryuken|que|sneakers|clockwork|whenever|celery|dramatiq|rq worker|huey_consumer|horizon|queue:(?:work|listen)|schedule:work|pail|messenger:consume|stripe listen|ngrok|cloudflared|bin\/jobs|(?:[\w-]+:)+watch|guard|rails (?:c|console|runner)|tail)(?=$|[\s;&|])/;

function isNoServer(line: string): boolean {
  return NO_SERVER.test(line);
}

/** The words as a shell reads them, when that lets the port move; else the words. */
export function commandWords(
  words: readonly string[],
  surroundings: Surroundings,
): Omit<CommandLine, 'command'> & { readonly command: string | readonly string[] } {
  const line = words.map(shellWord).join(' ');
  const found = commandLine(line, surroundings);
  const isChanged = found.command !== line;
  return { ...found, command: isChanged ? found.command : words };
}

export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function ofScript(line: string, surroundings: Surroundings): CommandLine | undefined {
  const call = scriptCall(line);
  if (call === undefined) return undefined;
  const { manager, script, dirs, hasDashes } = call;
  const dir = dirs.reduce(joinDirs, surroundings.dir);
  const pkg = packageIn(surroundings.folder, dir);
  if (pkg?.scripts[script] === undefined || ORCHESTRATORS.test(pkg.scripts[script])) return undefined;
  const facts = scriptFacts(surroundings.folder, pkg, script);
  if (facts.port === undefined) return undefined;
  const told =
    facts.arguments === undefined ? '' : `${manager === 'npm' && !hasDashes ? ' --' : ''} ${facts.arguments}`;
  return {
    command: `${line.trim()}${told}`,
    port: facts.readsPort && surroundings.stated !== undefined ? { wanted: surroundings.stated } : facts.port,
    ...(facts.env === undefined ? {} : { env: facts.env }),
    ...(facts.health === undefined ? {} : { health: facts.health }),
  };
}

function packageIn(folder: Folder, dir: string): NodePackage | undefined {
  return folder.has(inDir(dir, 'package.json')) ? nodePackages(folder).find((pkg) => pkg.dir === dir) : undefined;
}

/** Nothing may stand behind the tool's own words: what is put at the end has to be its. */
const ENDS_OTHERWISE = /[#"'`)>]\s*$|\s#|>\s*\S+\s*$|\|\s*\S|&\s*$/;

function ofTool(line: string, { folder, dir, stated }: Surroundings): CommandLine | undefined {
  const segments = line.split(/&&|;/);
  const last = segments.at(-1) ?? '';
  const tools = segments.map(serverTool).filter((tool) => tool !== undefined);
  const tool = serverTool(last);
  // A port without an option has to be the only word behind the tool's own.
  const isAlone =
    tool?.arguments !== '$PORT' ||
    !/\s[^\s-]/.test(last.slice((tool.line.exec(last)?.index ?? 0) + (tool.line.exec(last)?.[0].length ?? 0)));
  if (tool === undefined || !isAlone || tools.length > 1 || (ORCHESTRATORS.test(line) && !/^\s*docker/.test(line)))
    return undefined;
  const own = portBesideTool(tool, folder, dir);
  const isTold = own.readsPort || (tool.arguments === undefined && tool.isFixed !== true);
  if (isTold) return { command: line, port: { wanted: stated ?? own.port ?? tool.port, ...fixedUnless(own.mayMove) } };
  const wanted = (tool.readsPort === true ? stated : undefined) ?? own.port ?? tool.port;
  if (tool.arguments === undefined || ENDS_OTHERWISE.test(line))
    return { command: line, port: { wanted, isFixed: true } };
  return {
    command: `${line.trimEnd()} ${tool.arguments}`,
    port: { wanted },
    ...(tool.env === undefined ? {} : { env: tool.env }),
  };
}

function fixedUnless(mayMove: boolean): { readonly isFixed?: true } {
  return mayMove ? {} : { isFixed: true };
}

interface OwnPort {
  readonly port?: number;
  readonly readsPort: boolean;
  readonly mayMove: boolean;
}

/** What a file beside the tool says: `config/puma.rb`, `config/dev.exs`, `vite.config.ts`. */
function portBesideTool(tool: ServerTool, folder: Folder, dir: string): OwnPort {
  const config = configOf(tool, folder, dir);
  if (config === '') return { readsPort: false, mayMove: true };
  const inConfig = Number(/\bport:?\s*(\d{2,5})\b/.exec(config)?.[1]);
  const port = portInCode(config) ?? (inConfig > 0 ? inConfig : undefined);
  const reads = tool.title === 'Puma' || tool.title === 'Phoenix' || tool.title === 'Rails';
  const readsPortThere = reads && readsPort(config);
  const usual = tool.title === 'Puma' ? 3000 : undefined;
  const found = port ?? (readsPortThere ? usual : undefined);
  return {
    ...(found === undefined ? {} : { port: found }),
    readsPort: readsPortThere,
    mayMove: !reads || readsPortThere || tool.title === 'Rails',
  };
}

function configOf(tool: ServerTool, folder: Folder, dir: string): string {
  const read = (name: string): string => folder.read(inDir(dir, name)) ?? '';
  switch (tool.title) {
    case 'Puma':
      // `puma -C config/puma.rb` of a file that is not here is one of Rails, which reads PORT.
      return read('config/puma.rb') || (folder.has(inDir(dir, 'bin/rails')) ? "ENV['PORT']" : '');
    case 'Rails':
      return read('config/puma.rb');
    case 'Phoenix':
      return `${read('config/dev.exs')}\n${read('config/runtime.exs')}`.trim();
    default: {
      const { configFile } = tool;
      const path = configFile && folder.files.find((file) => dirOf(file) === dir && configFile.test(file));
      return path === undefined ? '' : (folder.read(path) ?? '');
    }
  }
}

/** A program whose source is here: the port that it takes from `PORT`, or insists on. */
function ofProgram(line: string, { folder, dir, stated, usual }: Surroundings): CommandLine | undefined {
  const file = startedFile(line);
  const path = file === undefined ? undefined : joinDirs(dir, file);
  const entry = path === undefined ? undefined : folder.read(path);
  if (path === undefined || entry === undefined) return undefined;
  const near = sourcesIn(folder, dirOf(path), new RegExp(String.raw`\.${baseOf(path).split('.').at(-1)}$`));
  const code = listens(entry) ? entry : '';
  if (code === '') return undefined;
  const all = readAll(folder, [path, ...near]);
  const moves = readsPort(entry) || /\benv\.PORT\b/.test(entry);
  const inCode = portInCode(entry) ?? (moves ? portInCode(all) : undefined);
  const wanted = moves ? (stated ?? inCode ?? usual) : inCode;
  if (wanted === undefined) return undefined;
  const health = healthRoute(readFiles(folder, [path, ...near]));
  return {
    command: line,
    port: { wanted, ...(moves ? {} : { isFixed: true }) },
    ...(health === undefined ? {} : { health }),
  };
}
