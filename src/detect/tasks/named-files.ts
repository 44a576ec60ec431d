// Files that are programs of their own tool: devenv.nix and a Tiltfile. They are not run; what a pattern understands of them is
// named, and their plain commands can be taken.

import { asDir } from '../commands/folders.ts';
import type { Folder } from '../facts/folder.ts';
import type { ProposedService } from '../facts/proposal.ts';
import { commandLine, shellWord } from '../lines/command-line.ts';
import { imported, portOf, settingsOf, type Imported } from '../lines/imported.ts';

interface Understood {
  readonly name: string;
  readonly command: string;
  readonly dir: string;
}

function serviceOf({ name, command, dir }: Understood, folder: Folder, file: string): ProposedService {
  const line = commandLine(command, { folder, dir });
  return {
    name,
    role: 'other',
    because: `${name} of ${file}`,
    command: line.command,
    dir,
    ...portOf(line.port),
    settings: settingsOf({ env: line.env, health: line.address === undefined ? line.health : { tcp: line.address } }),
  };
}

const NIX_TEXT = String.raw`(?:"((?:[^"\\]|\\.)*)"|''([^]*?)'')`;

/** `processes.web.exec = "…";`, `processes = { web.exec = "…"; }`, `services.postgres.enable = true;`. */
export function fromDevenv(folder: Folder, file: string): Imported {
  const text = (folder.read(file) ?? '').replaceAll(/^[ \t]*#.*$/gm, '');
  const flat = [...text.matchAll(new RegExp(String.raw`(?:processes\.)?"?([\w-]+)"?\.exec\s*=\s*${NIX_TEXT}`, 'g'))];
  const nested = [
    ...text.matchAll(new RegExp(String.raw`(?:processes\.)?"?([\w-]+)"?\s*=\s*\{[^{}]*?\bexec\s*=\s*${NIX_TEXT}`, 'g')),
  ];
  const within = processesPart(text);
  const found = [...flat, ...nested]
    .filter(
      (match) =>
        match[0].startsWith('processes.') || within.some(([from, to]) => match.index >= from && match.index < to),
    )
    .filter(([, name]) => name !== 'processes')
    .map((match): Understood => {
      const cwd = new RegExp(
        String.raw`(?:"?${match[1]}"?\.cwd|\bcwd)\s*=\s*"(?:\$\{config\.(?:git|devenv)\.root\}\/?)?([^"$]*)"`,
      ).exec(text.slice(match.index, match.index + 400))?.[1];
      return { name: match[1] ?? '', command: (match[2] ?? match[3] ?? '').trim(), dir: asDir(cwd ?? '') };
    });
  const services = [...text.matchAll(/services\.(\w+)(?:\.enable\s*=\s*true|\s*=\s*\{[^{}]*\benable\s*=\s*true)/g)].map(
    ([, name = '']) => name,
  );
  const usable = found.filter(({ command }) => command !== '' && !command.includes('${'));
  const beyond = [
    ...found.filter((each) => !usable.includes(each)).map(({ name }) => `processes.${name} (Nix makes its command)`),
    ...services.map((name) => `services.${name} (devenv up runs it; a service of your own: command, or compose)`),
  ];
  const outside =
    usable.length > 0
      ? ['Commands of devenv.nix find their programs inside devenv shell: start ./dev there, or by direnv.']
      : [];
  return {
    ...imported(
      usable.map((each) => serviceOf(each, folder, file)),
      beyond,
      'process',
    ),
    notes: outside,
  };
}

/** Where `processes = { … }` begins and ends. */
function processesPart(text: string): readonly (readonly [from: number, to: number])[] {
  return [...text.matchAll(/\bprocesses\s*=\s*\{/g)].slice(0, 20).map((match) => {
    let depth = 0;
    for (let index = match.index + match[0].length - 1; index < text.length; index += 1) {
      if (text[index] === '{') depth += 1;
      if (text[index] === '}') depth -= 1;
      if (depth === 0) return [match.index, index] as const;
    }
    return [match.index, text.length] as const;
  });
}

const PYTHON_TEXT = String.raw`(?:"""([^]*?)"""|'''([^]*?)'''|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')`;

/** `local_resource('web', serve_cmd='npm run dev', serve_dir='web')`; images and Kubernetes stay Tilt's. */
export function fromTiltfile(folder: Folder, file: string): Imported {
  const text = (folder.read(file) ?? '').replaceAll(/^[ \t]*#.*$/gm, '');
  const calls = [...text.matchAll(/\blocal_resource\s*\(/g)]
    .slice(0, 200)
    .map((match) => argumentsFrom(text, match.index + match[0].length));
  const argument = (call: string, name: string): string | undefined =>
    textOf(new RegExp(String.raw`\b${name}\s*=\s*${PYTHON_TEXT}`).exec(call));
  const found = calls.map((call) => ({
    name: argument(call, 'name') ?? textOf(new RegExp(String.raw`^\s*${PYTHON_TEXT}`).exec(call)) ?? 'local',
    command: argument(call, 'serve_cmd') ?? wordsOf(call, 'serve_cmd') ?? '',
    dir: asDir(argument(call, 'serve_dir') ?? argument(call, 'dir') ?? ''),
    isOneShot: !/\bserve_cmd\s*=/.test(call),
  }));
  const usable = found.filter(({ command }) => command.trim() !== '');
  const others = [
    ...text.matchAll(
      /\b(docker_compose|k8s_yaml|k8s_resource|docker_build|helm_resource|custom_build|load|include)\s{0,9}\(\s{0,9}["']?([^"'),\n]{0,120})/g,
    ),
  ].map(([, call, first]) => `${call}(${first}) (Tilt does it)`);
  const beyond = found
    .filter((each) => !usable.includes(each))
    .map(
      ({ name, isOneShot }) => `local_resource ${name} (${isOneShot ? 'it runs once' : 'its command is made by code'})`,
    );
  return imported(
    usable.map((each) => serviceOf(each, folder, file)),
    [...beyond, ...new Set(others)],
    'local_resource with a plain serve_cmd',
  );
}

/** `serve_cmd=['go', 'run', '.']` as a line; undefined when anything in it is no plain text. */
function wordsOf(call: string, name: string): string | undefined {
  const list = new RegExp(String.raw`\b${name}\s{0,9}=\s{0,9}\[([^\]]{0,${LONGEST_CALL}})\]`).exec(call)?.[1];
  if (list === undefined) return undefined;
  const words = [...list.matchAll(/"([^"\\]*)"|'([^'\\]*)'/g)];
  const rest = list.replaceAll(/"[^"\\]*"|'[^'\\]*'|[\s,]/g, '');
  return rest === '' && words.length > 0 ? words.map(([, a, b]) => shellWord(a ?? b ?? '')).join(' ') : undefined;
}

function textOf(match: RegExpExecArray | null): string | undefined {
  return match?.slice(1).find((group) => group !== undefined);
}

/** Characters of one call that are looked at. */
const LONGEST_CALL = 4_000;

function argumentsFrom(text: string, start: number): string {
  let depth = 1;
  const end = Math.min(text.length, start + LONGEST_CALL);
  for (let index = start; index < end; index += 1) {
    if (text[index] === '(') depth += 1;
    if (text[index] === ')') depth -= 1;
    if (depth === 0) return text.slice(start, index);
  }
  return text.slice(start, end);
}
