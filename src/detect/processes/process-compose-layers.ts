// The files that process-compose puts together: what the file extends, the file, and the override file that lies beside it.
// A list of `NAME=value` is merged by its names, a map by its keys; everything else of a later file replaces.

import { asMap, asText, dirOf, inDir, isMap, type Folder } from '../facts/folder.ts';
import { joinDirs } from '../commands/folders.ts';
import { readSource } from '../ledger/read-source.ts';

type Values = Readonly<Record<string, unknown>>;

type Reading = { readonly value: Values; readonly problem?: undefined } | { readonly problem: string };

export type LayeredFile =
  | { readonly value: Values; readonly lost: readonly string[]; readonly problem?: undefined }
  | { readonly problem: string };

const MAX_FILES = 20;

/** @param file from the root */
export function layeredFile(folder: Folder, file: string): LayeredFile {
  const lost: string[] = [];
  const seen = new Set<string>();
  const read = (path: string): Reading => {
    seen.add(path);
    const source = readSource(folder.read(path) ?? '', 'yaml');
    if (source.problem !== undefined) return { problem: source.problem };
    const { extends: base, ...own } = source.value;
    const name = asText(base);
    if (name === undefined) return { value: own };
    const target = joinDirs(dirOf(path), name);
    const below: Reading =
      seen.has(target) || seen.size > MAX_FILES || folder.read(target) === undefined
        ? { problem: `there is no ${target} to read` }
        : read(target);
    if (below.problem === undefined) return { value: merged(below.value, own) };
    lost.push(`extends: ${name} (${below.problem})`);
    return { value: own };
  };
  const whole = read(file);
  if (whole.problem !== undefined) return whole;
  const over = overrideOf(folder, file);
  if (over === undefined) return { value: whole.value, lost };
  const changes = read(over);
  if (changes.problem === undefined) return { value: merged(whole.value, changes.value), lost };
  return { value: whole.value, lost: [...lost, `${over}: ${changes.problem}`] };
}

/** It is read only beside a file that process-compose finds by itself. */
function overrideOf(folder: Folder, file: string): string | undefined {
  if (!/^(?:.*\/)?process-compose\.ya?ml$/.test(file)) return undefined;
  return ['yml', 'yaml']
    .map((end) => inDir(dirOf(file), `process-compose.override.${end}`))
    .find((path) => folder.read(path) !== undefined);
}

function merged(below: Values, above: Values): Values {
  const result: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const before = below[key];
    if (isMap(before) && isMap(value)) result[key] = merged(before, value);
    else if (Array.isArray(before) && Array.isArray(value)) result[key] = mergedLists(before, value);
    else if (value !== null) result[key] = value;
  }
  return result;
}

function mergedLists(below: readonly unknown[], above: readonly unknown[]): readonly unknown[] {
  const name = (entry: unknown): string | undefined => /^([^=\s]+)=/.exec(asText(entry) ?? '')?.[1];
  if (![...below, ...above].every((entry) => name(entry) !== undefined)) return above;
  return [...new Map([...below, ...above].map((entry) => [name(entry), entry])).values()];
}

/** A process that `extends` another has its keys below its own. */
export function withExtendedProcesses(whole: Values): Values {
  const processes = asMap(whole['processes']);
  const complete = (name: string, seen: readonly string[]): unknown => {
    const { extends: base, ...own } = asMap(processes[name]);
    const target = asText(base);
    if (target === undefined) return processes[name];
    if (processes[target] === undefined || seen.includes(target)) return processes[name];
    return merged(asMap(complete(target, [...seen, target])), own);
  };
  const entries = Object.keys(processes).map((name) => [name, complete(name, [name])]);
  return entries.length === 0 ? whole : { ...whole, processes: Object.fromEntries(entries) };
}
