// Trial trees: what `init` proposes for each, held against the config that a careful person would write for it. A tree is a
// file of test/fixtures/projects; before its files stand `from:`, the public project that it is retyped from, `file:`, what
// --from names, a line `lost:` for each thing of the source that no config can say, and `told:` for what init has to tell though
// nothing is lost by it: settings of the other tool's own screen, windows that are no services.

import { isDeepStrictEqual } from 'node:util';
import { parseProject } from '../../src/config/parse.ts';
import { parseDotenv } from '../../src/core/env/dotenv.ts';
import type { Project, ServiceSpec } from '../../src/core/model/project.ts';
import { configText } from '../../src/detect/config-text.ts';
import { detect } from '../../src/detect/detect.ts';
import { importFile } from '../../src/detect/importers.ts';
import { settle, type SettledProposal } from '../../src/detect/settle.ts';
import { folderOf, readTrial, type Trial } from './project-tree.ts';

/** `said`: not all of the source can be carried over, and init says what is missing. `silent`: it does not say so. */
type Verdict = 'right' | 'said' | 'silent' | 'wrong';

export interface Judgement {
  readonly trial: Trial;
  readonly verdict: Verdict;
  /** What differs from the good config, and what is not said. */
  readonly faults: readonly string[];
  /** The config that init would write. */
  readonly text: string;
}

const ROOT = '/shop';

export function judge(name: string): Judgement {
  const trial = readTrial(name);
  const proposal = proposalFor(trial);
  const text = configText(proposal);
  const faults = differences(projectOf(text, trial), projectOf(trial.good, trial));
  const told = [...proposal.notes, ...proposal.leftOut, ...proposal.services.flatMap(({ leftOut }) => leftOut)].join(
    '\n',
  );
  const unsaid = [...trial.lost, ...trial.told]
    .filter((text) => !told.includes(text))
    .map((text) => `not said: ${text}`);
  const verdict = faults.length > 0 ? 'wrong' : unsaid.length > 0 ? 'silent' : trial.lost.length > 0 ? 'said' : 'right';
  return { trial, verdict, faults: [...faults, ...unsaid], text };
}

function proposalFor({ files, file }: Trial): SettledProposal {
  const folder = folderOf(files);
  const found = file === undefined ? detect(folder) : importFile(folder, file);
  if (found === undefined) throw new Error(`no kind of file that init reads: ${file}`);
  return settle(found);
}

function projectOf(text: string, { files }: Trial): Project {
  const dotenv = new Map(
    parseDotenv(files['.env'] ?? '').entries.map(({ name, value }) => [
      name,
      (value ?? []).map((part) => (part.kind === 'text' ? part.text : '')).join(''),
    ]),
  );
  const result = parseProject({
    root: ROOT,
    configFile: `${ROOT}/.project.config`,
    sources: [{ file: '.project.config', text }],
    variable: (name) => dotenv.get(name),
  });
  if ('issues' in result) throw new Error(`${result.issues.map(({ message }) => message).join('\n')}\n${text}`);
  return result.project;
}

/** What a service depends on has no order. */
function inOrder(value: unknown): unknown {
  const isList =
    Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null && 'service' in item);
  return isList ? value.toSorted((a, b) => String(a.service).localeCompare(String(b.service))) : value;
}

function differences(proposed: Project, good: Project): readonly string[] {
  const names = new Set([...proposed.services, ...good.services].map(({ name }) => name));
  const find = ({ services }: Project, name: string): ServiceSpec | undefined =>
    services.find((spec) => spec.name === name);
  return [...names].flatMap((name) => {
    const [is, should] = [find(proposed, name), find(good, name)];
    if (is === undefined || should === undefined)
      return [`${name} is ${is === undefined ? 'missing' : 'one too many'}`];
    const keys = new Set([...Object.keys(is), ...Object.keys(should)]) as Set<keyof ServiceSpec>;
    return [...keys]
      .filter((key) => !isDeepStrictEqual(inOrder(is[key]), inOrder(should[key])))
      .map((key) => `${name}.${key} is ${JSON.stringify(is[key])}, not ${JSON.stringify(should[key])}`);
  });
}
