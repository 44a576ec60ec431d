// Which layer each value of a config came from, for `config explain`: the default, `defaults:` and the service itself, in
// the config and then in its `.local` file, and what the environment says over them. The config is known to be usable.

import type { Environment } from '../../core/env/environment.ts';
import { isNamed } from '../../core/env/replicas.ts';
import { readDocument, type ConfigDocument, type Path } from '../text/document.ts';
import { KEY_DOCS, type KeyDoc, type KeyGroup } from './key-docs.ts';
import {
  inputOf,
  layersOf,
  mergeLayers,
  ownServices,
  writtenOut,
  type Layer,
  type MergedService,
} from '../rules/layers.ts';
import type { ConfigSource } from '../text/source.ts';

export type Origin =
  | { readonly kind: 'default' }
  | { readonly kind: 'file'; readonly file: string; readonly line: number; readonly isShared: boolean }
  | { readonly kind: 'environment'; readonly variable: string };

export interface GivenValue {
  /** As written; null takes back what a lower layer says. */
  readonly value: unknown;
  readonly origin: Origin;
}

export interface ExplainedValue extends GivenValue {
  /** `backend.stop.grace`, `on_hangup`. */
  readonly key: string;
  /** What lower layers say, the next one first. */
  readonly over: readonly GivenValue[];
}

interface ExplainRequest {
  readonly sources: readonly ConfigSource[];
  readonly env: Environment;
  /** `backend.stop.grace`, `backend.stop`, `backend`, `on_hangup`; `services.` may come first. */
  readonly key: string;
}

/** Undefined for an unknown key; empty when it has no value and no default. */
export function explainKey({ sources, env, key }: ExplainRequest): readonly ExplainedValue[] | undefined {
  const documents = sources.map((source) => readDocument(source).document);
  const written = key.replace(/^services\./, '');
  const [top = '', ...below] = written.split('.');
  if (written === key && top !== 'services' && top !== 'defaults' && Object.hasOwn(KEY_DOCS.project, top))
    return explainTop(documents, top as keyof typeof KEY_DOCS.project, below.join('.'));

  const names = documents.flatMap((document) => [...ownServices(document).keys()]);
  const name = names
    .filter((service) => written === service || written.startsWith(`${service}.`))
    .toSorted((a, b) => b.length - a.length)[0];
  if (name === undefined) return undefined;
  const path = pathOf(written.slice(name.length + 1), name);
  return isKnown(path) ? explainService(name, path, documents, env) : undefined;
}

/** Every key that `explainKey` takes as a whole, to guess from. */
export function explainableKeys(names: readonly string[]): readonly string[] {
  const ofProject = Object.keys(KEY_DOCS.project).filter((key) => key !== 'services' && key !== 'defaults');
  const keys = Object.keys(KEY_DOCS.service);
  return [...ofProject, ...names.flatMap((name) => [name, ...keys.map((key) => `${name}.${key}`)])];
}

/** `web.1.port` is the port of `web`, and the name of a variable or of a dependency may hold dots. */
function pathOf(rest: string, name: string): readonly string[] {
  const [first = '', ...others] = rest.split('.').filter((part) => part !== '');
  if (first === '') return [];
  if (/^\d+$/.test(first) && isNamed(`${name}.${first}`, name)) return pathOf(others.join('.'), name);
  return first === 'env' && others.length > 0 ? [first, others.join('.')] : [first, ...others];
}

const NESTED: Readonly<Record<string, KeyGroup>> = {
  container: 'container',
  compose: 'compose',
  port: 'port',
  health: 'probe',
  ready: 'probe',
  restart: 'restart',
  stop: 'stop',
  log: 'log',
  alerts: 'alerts',
};

function isKnown([key, inner]: readonly string[]): boolean {
  if (key === undefined) return true;
  if (!Object.hasOwn(KEY_DOCS.service, key)) return false;
  const group = NESTED[key];
  if (inner === undefined || group === undefined) return inner === undefined || key === 'env' || key === 'depends_on';
  return Object.hasOwn(KEY_DOCS[group], inner);
}

function explainService(
  name: string,
  wanted: readonly string[],
  documents: readonly ConfigDocument[],
  env: Environment,
): readonly ExplainedValue[] {
  const layers = layersOf(name, documents, new Set());
  const merged = mergeLayers(layers);
  const paths = [...leavesOf(merged), ...defaultPaths(merged)].filter((path) => startsWith(path, wanted));
  const unique = new Map(paths.toSorted(inOrder).map((path) => [path.join('\0'), path]));
  return [...unique.values()].flatMap((path) =>
    explained([name, ...path], [...overrides(path, merged, env), ...layersAt(layers, path), ...defaultAt(path)]),
  );
}

/** @param given highest first */
function explained(path: readonly string[], given: readonly GivenValue[]): readonly ExplainedValue[] {
  const [highest] = given;
  const inForce = highest?.value === null ? given.find(({ origin }) => origin.kind === 'default') : highest;
  if (inForce === undefined) return [];
  return [{ key: path.join('.'), ...inForce, over: given.filter((value) => value !== inForce) }];
}

/** As the reference has them, and what has no place there as it is written. */
function inOrder(a: readonly string[], b: readonly string[]): number {
  const placeOf = ([key = '', inner = '']: readonly string[]): number => {
    const group = NESTED[key];
    const within = group === undefined ? 0 : Object.keys(KEY_DOCS[group]).indexOf(inner);
    return Object.keys(KEY_DOCS.service).indexOf(key) * 100 + within;
  };
  return placeOf(a) - placeOf(b);
}

/** Highest first. */
function layersAt(layers: readonly Layer[], path: readonly string[]): readonly GivenValue[] {
  return layers.toReversed().flatMap((layer) => {
    const value = valueAt(writtenOut(layer.input), path);
    if (value === undefined) return [];
    const isShared = layer.path[0] === 'defaults';
    return [{ value, origin: fileOrigin(layer.document, [...layer.path, ...path], isShared) }];
  });
}

/** A short form has no position for the key that it sets; then it is the position of the key above. */
function fileOrigin(document: ConfigDocument, path: Path, isShared: boolean): Origin {
  for (let length = path.length; length > 0; length -= 1) {
    const place = document.place(path.slice(0, length));
    if (place === undefined) continue;
    const { file, line } = document.issueAt(place.value, '');
    return { kind: 'file', file, line, isShared };
  }
  return { kind: 'file', file: document.source.file, line: 1, isShared };
}

function defaultAt([key = '', inner]: readonly string[]): readonly GivenValue[] {
  const group = NESTED[key];
  const docs: Readonly<Record<string, KeyDoc>> = group === undefined ? KEY_DOCS.service : KEY_DOCS[group];
  const value = docs[inner ?? key]?.default;
  return value === undefined ? [] : [{ value, origin: { kind: 'default' } }];
}

/** Defaults of a map hold only when the map exists; a service without a port has no range either. */
function defaultPaths(merged: MergedService): readonly (readonly string[])[] {
  const isIn = (key: string): boolean =>
    !['container', 'compose', 'port', 'health', 'ready'].includes(key) || valueAt(merged, [key]) !== undefined;
  return Object.entries(KEY_DOCS.service).flatMap(([key, doc]: [string, KeyDoc]) => {
    const group = NESTED[key];
    if (group === undefined) return doc.default === undefined || valueAt(merged, [key]) !== undefined ? [] : [[key]];
    if (!isIn(key)) return [];
    const docs: Readonly<Record<string, KeyDoc>> = KEY_DOCS[group];
    return Object.keys(docs).flatMap((name) => (docs[name]?.default === undefined ? [] : [[key, name]]));
  });
}

/** What config/overrides makes of the environment, which was checked when the project was loaded. */
function overrides(path: readonly string[], merged: MergedService, env: Environment): readonly GivenValue[] {
  const from = (variable: string, value = env[variable]?.trim() ?? ''): readonly GivenValue[] =>
    (env[variable]?.trim() ?? '') === '' ? [] : [{ value, origin: { kind: 'environment', variable } }];
  const first = (...names: readonly string[]) =>
    names.map((name) => from(name)).find((found) => found.length > 0) ?? [];
  switch (path.join('.')) {
    case 'stop.grace':
      return first('DEV_GRACE', 'GRACEFUL_TIMEOUT');
    case 'health.timeout':
    case 'ready.timeout':
      return first('DEV_PROBE_TIMEOUT', 'HEALTH_CHECK_TIMEOUT');
    case 'on_conflict':
      return /^(?:true|1)$/i.test(env['KILL_EXISTING']?.trim() ?? '') && (merged.on_conflict?.[0] ?? 'ask') === 'ask'
        ? from('KILL_EXISTING', 'kill')
        : [];
    default:
      return [];
  }
}

/** A profile or a check is one value: the local file replaces it as a whole. */
function explainTop(
  documents: readonly ConfigDocument[],
  key: keyof typeof KEY_DOCS.project,
  member: string,
): readonly ExplainedValue[] {
  const values = documents.map((document) => inputOf(document)[key]);
  const isMapOfMaps = key === 'profiles' || key === 'checks';
  const names = isMapOfMaps ? [...new Set(values.flatMap((value) => Object.keys(value ?? {})))] : [];
  const paths = isMapOfMaps
    ? names.filter((name) => member === '' || name === member).map((name) => [key, name])
    : [[key]];
  return paths.flatMap((path) => {
    const given = documents.toReversed().flatMap((document): GivenValue[] => {
      const value = valueAt(inputOf(document), path);
      return value === undefined ? [] : [{ value, origin: fileOrigin(document, path, false) }];
    });
    const fallback = KEY_DOCS.project[key];
    const value = fallback.default ?? (isMapOfMaps ? undefined : fallback.otherwise);
    return explained(path, [
      ...given,
      ...(value === undefined ? [] : [{ value, origin: { kind: 'default' } as const }]),
    ]);
  });
}

function leavesOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([key, member]) => leavesOf(member, [...path, key]));
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  const [key, ...rest] = path;
  if (key === undefined || value === null) return value;
  if (typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined;
  return valueAt((value as Readonly<Record<string, unknown>>)[key], rest);
}

function startsWith(path: readonly string[], prefix: readonly string[]): boolean {
  return prefix.every((key, index) => path[index] === key);
}
