// tmuxinator: windows and panes with the lines that are typed into them. What is opened to look at or to type into (an
// editor, a console, an empty shell) is not a service.

import { asDir, joinDirs } from '../commands/folders.ts';
import { asMap, asText, asTexts, isMap, type Folder } from '../facts/folder.ts';
import type { ProposedService } from '../facts/proposal.ts';
import { readSource } from '../ledger/read-source.ts';
import type { SourceMap } from '../ledger/source-map.ts';
import { commandLine } from '../lines/command-line.ts';
import { imported, portOf, settingsOf, unusable, type Imported } from '../lines/imported.ts';

export function fromTmuxinator(folder: Folder, file: string): Imported {
  const source = readSource(folder.read(file) ?? '', 'yaml');
  if (source.problem !== undefined) return unusable(source.problem);
  const { map } = source;
  const root = rootOf(map);
  const before = [...map.texts('pre_window'), ...map.texts('pre_tab')];
  map.take('name');
  const panes = windowsOf(map.take('windows') ?? map.take('tabs')).flatMap((window) => panesOf(window, root));
  const services = panes.flatMap(({ name, dir, lines }) => {
    const all = lines.filter((line) => line.trim() !== '');
    return all.length === 0 || all.some(isForHands) ? [] : [serviceOf(name, dir, [...before, ...all], folder, file)];
  });
  const others = panes
    .filter(({ lines }) => lines.some(isForHands))
    .map(({ name, lines }) => `${name}: ${lines.join(' && ')} (to look at and type into)`);
  return imported(services, [...map.leftOut(), ...others], 'window with a command');
}

/** `root: ~/code/shop` is this folder on the machine of the one who wrote it. */
function rootOf(map: SourceMap): string {
  const written = map.text('root') ?? map.text('project_root') ?? '.';
  return /^[~/]|<%/.test(written) ? '' : asDir(written);
}

interface Window {
  readonly name: string;
  readonly value: unknown;
}

function windowsOf(written: unknown): readonly Window[] {
  if (!Array.isArray(written)) return [];
  return written.flatMap((window) => Object.entries(asMap(window)).map(([name, value]) => ({ name, value })));
}

interface Pane {
  readonly name: string;
  readonly dir: string;
  readonly lines: readonly string[];
}

function panesOf({ name, value }: Window, root: string): readonly Pane[] {
  if (!isMap(value)) return [{ name, dir: root, lines: linesOf(value) }];
  const dir = joinDirs(root, asText(value['root']) ?? '');
  const before = linesOf(value['pre']);
  const panes = Array.isArray(value['panes']) ? (value['panes'] as readonly unknown[]) : [];
  return panes.map((pane, index) => {
    const [named, lines] = isMap(pane) ? (Object.entries(pane)[0] ?? [undefined, undefined]) : [undefined, pane];
    return {
      name: named ?? (panes.length === 1 ? name : `${name}-${index + 1}`),
      dir,
      lines: [...before, ...linesOf(lines)],
    };
  });
}

function linesOf(written: unknown): readonly string[] {
  return Array.isArray(written) ? asTexts(written) : [asText(written) ?? ''].filter((line) => line !== '');
}

const FOR_HANDS =
  /^(?:sudo\s+)?(?:\$?EDITOR|n?vim?|emacs|nano|hx|code|subl|zed|mate|git|tig|lazygit|htop|btop|top|less|man|clear|ls|pgcli|psql|mysql|redis-cli|mongosh?|sqlite3|irb|pry|iex|ipython|python3?$|node$|bash$|zsh$|fish$|(?:bin\/)?rails (?:c|console|db(?:console)?)|bundle exec (?:rails c|pry)|ssh|cd\s\S+$|claude|opencode|codex)\b/;

function isForHands(line: string): boolean {
  return FOR_HANDS.test(line.trim()) && !/&&/.test(line) && !/^cd\s/.test(line.trim());
}

function serviceOf(name: string, dir: string, lines: readonly string[], folder: Folder, file: string): ProposedService {
  const line = commandLine(lines.map(forSh).join(' && '), { folder, dir });
  return {
    name,
    role: 'other',
    because: `${name} of ${file}`,
    command: line.command,
    dir,
    ...portOf(line.port),
    settings: settingsOf({
      env: line.env,
      health: line.address === undefined ? line.health : { tcp: line.address },
      restart: 'no',
    }),
  };
}

/** A pane is a shell of the person's own; a service has sh, which knows no `source`. */
function forSh(line: string): string {
  return line.replace(/^source\s+(?=\S)/, '. ').replace(/^\. (?=[^/\s]+$)/, '. ./');
}
