// Which compose files a project starts together, and with which options: those that docker compose finds by itself with
// their override, and files for development beside them, alone or over the main one.

import { asMap, asText, asTexts, dirOf, isMap, type Folder } from '../facts/folder.ts';
import { joinDirs } from '../commands/folders.ts';
import { readSource, valueOf } from '../ledger/read-source.ts';

type Values = Readonly<Record<string, unknown>>;

export const COMPOSE_FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];
const OVERRIDES = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
];
const FOR_DEVELOPMENT =
  /^(?:docker-)?compose[.-](?:dev|develop|development|local|localhost|deps|dependencies|services|infra|db|databases?)\.ya?ml$/;

export interface ComposeProject {
  /** The first is the one that is named. */
  readonly files: readonly string[];
  /** After `docker compose`, with a blank before it; empty where it finds the files by itself. */
  readonly options: string;
  /** The services as the files say together. */
  readonly services: Readonly<Record<string, Values>>;
  readonly problem?: string;
}

/** What `docker compose up` would start here, and what the files for development would, in this order. */
export function composeProjects(folder: Folder): readonly ComposeProject[] {
  const main = COMPOSE_FILES.find((file) => folder.read(file) !== undefined);
  const mainProject = main === undefined ? undefined : composeProject(folder, main);
  const others = [
    ...new Set([...folder.files.filter((file) => FOR_DEVELOPMENT.test(file)), ...namedByScripts(folder)]),
  ];
  const projects = others.map((file) => {
    const own = composeProject(folder, file);
    const isOver =
      mainProject !== undefined &&
      Object.entries(own.services).some(([name, service]) => name in mainProject.services && !hasSource(service));
    return isOver && main !== undefined ? composeProject(folder, main, [file]) : own;
  });
  const isCovered = projects.some(({ files }) => files.length > 1);
  return mainProject === undefined || isCovered ? projects : [mainProject, ...projects];
}

/** Files that tell how the project is started, by hand or by a script. */
const TELLING = [
  'package.json',
  'Makefile',
  'justfile',
  'Taskfile.yml',
  'Taskfile.yaml',
  'mise.toml',
  'bin/dev',
  'composer.json',
];
const NAMED =
  /\bcompose\s{1,9}(?:-p\s\S{1,60}\s|--env-file[= ]\S{1,80}\s)?(?:-f|--file)[= ]\s?["'\\]{0,2}([\w./-]{1,120}\.ya?ml)/g;
const NOT_FOR_DEVELOPMENT = /prod|stag|test|e2e|ci\b|deploy|release|swarm|monitor/;

/** Compose files that scripts start by `-f FILE`, for databases and the like. */
function namedByScripts(folder: Folder): readonly string[] {
  const named = TELLING.flatMap((file) =>
    [...(folder.read(file) ?? '').matchAll(NAMED)].map(([, path = '']) => path.replace(/^\.\//, '')),
  );
  return named.filter(
    (path) => !COMPOSE_FILES.includes(path) && !NOT_FOR_DEVELOPMENT.test(path) && folder.read(path) !== undefined,
  );
}

function hasSource(service: Values): boolean {
  return service['image'] !== undefined || service['build'] !== undefined;
}

/** One file and what lies over it: `over`, or the override that docker compose reads by itself. */
export function composeProject(folder: Folder, file: string, over: readonly string[] = []): ComposeProject {
  const isFound = COMPOSE_FILES.includes(file) && over.length === 0;
  const override = isFound ? OVERRIDES.filter((name) => folder.read(name) !== undefined).slice(0, 1) : [];
  const files = [file, ...override, ...over];
  const options = isFound ? '' : files.map((name) => ` -f ${shellWord(name)}`).join('');
  let services: Readonly<Record<string, Values>> = {};
  for (const path of files) {
    const source = readSource(folder.read(path) ?? '', 'yaml');
    if (source.problem !== undefined) return { files, options, services, problem: source.problem };
    const own = withExtends(folder, path, asMap(source.value['services']));
    const included = includedServices(folder, path, source.value['include']);
    services = merged(merged(services, included), own) as Readonly<Record<string, Values>>;
  }
  return {
    files,
    options,
    services: Object.fromEntries(Object.entries(services).filter(([, service]) => isMap(service))),
  };
}

function shellWord(file: string): string {
  return /^[\w./-]+$/.test(file) ? file : JSON.stringify(file);
}

/** `extends: {file, service}`: the other's keys below. What it depends on is not handed on, nor are its profiles. */
function withExtends(folder: Folder, path: string, services: Values): Readonly<Record<string, Values>> {
  const complete = (service: Values, depth: number): Values => {
    const rule = service['extends'];
    const name = asText(asMap(rule)['service']) ?? asText(rule);
    if (name === undefined || depth > 10) return service;
    const file = asText(asMap(rule)['file']);
    const other = file === undefined ? services : fileServices(folder, joinDirs(dirOf(path), file));
    const { depends_on: _own, ...base } = complete(asMap(other[name]), depth + 1);
    return merged(base, service);
  };
  return Object.fromEntries(Object.entries(services).map(([name, service]) => [name, complete(asMap(service), 0)]));
}

const DEEPEST_INCLUDE = 5;

/** The services of the files under `include`: names, or `{path: …}` with one or several. */
function includedServices(folder: Folder, file: string, include: unknown, depth = 1): Values {
  const entries = Array.isArray(include) ? (include as readonly unknown[]) : [];
  const paths = entries.flatMap((entry) => {
    const written = asText(entry) ?? asMap(entry)['path'];
    return [asText(written) ?? asTexts(written)].flat().map((path) => joinDirs(dirOf(file), path));
  });
  return paths.reduce<Values>((services, path) => {
    const value = valueOf(folder.read(path) ?? '', 'yaml');
    const deeper = depth < DEEPEST_INCLUDE ? includedServices(folder, path, value['include'], depth + 1) : {};
    return merged(merged(services, deeper), withExtends(folder, path, asMap(value['services'])));
  }, {});
}

function fileServices(folder: Folder, path: string): Values {
  const source = readSource(folder.read(path) ?? '', 'yaml');
  return source.problem === undefined ? asMap(source.value['services']) : {};
}

/** Maps by their keys, `depends_on` also where one of them is a list; ports and profiles add up. */
function merged(below: Values, above: Values): Values {
  const result: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const before = below[key];
    if (key === 'depends_on' && before !== undefined)
      result[key] = { ...dependencyMap(before), ...dependencyMap(value) };
    else if (isMap(before) && isMap(value)) result[key] = merged(before, value);
    else if (Array.isArray(before) && Array.isArray(value) && (key === 'ports' || key === 'profiles'))
      result[key] = [...(before as unknown[]), ...(value as unknown[])];
    else if (value !== null) result[key] = value;
  }
  return result;
}

function dependencyMap(written: unknown): Values {
  return isMap(written)
    ? written
    : Object.fromEntries(asTexts(written).map((name) => [name, { condition: 'service_started' }]));
}
