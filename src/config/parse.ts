// The text of a config and its local overlay → Project, or every issue at once. Loaded only when the cache cannot
// answer, since yaml and zod cost more start-up time than everything else together.

import { basename } from 'node:path';
import { BugError } from '../errors.ts';
import type { Project, ServiceName, ServiceSpec } from '../core/model/project.ts';
import { portKey } from '../core/session/service-ports.ts';
import { actionsOf, checkActions } from './rules/actions.ts';
import { agentsOf, checkMain, mainOf } from './rules/agents.ts';
import { checkChecks, checksOf } from './rules/checks.ts';
import { checkDependencies, checkNames, checkPorts, checkReferences, type ReportService } from './rules/check.ts';
import { readDocument, type ConfigDocument } from './text/document.ts';
import { isNamed } from '../core/env/replicas.ts';
import { markOneShots } from '../core/rules/graph.ts';
import { quoted } from './text/position.ts';
import { checkProfiles, profilesOf } from './rules/profiles.ts';
import { expandReplicas, replicaNames } from './rules/replicas.ts';
import { inputOf, layersOf, mergeLayers, ownServices, placeIn } from './rules/layers.ts';
import { EnoughIssues, IssueList } from './text/issue-list.ts';
import { MOST_ISSUES, type ConfigIssue } from './text/issue.ts';
import type { ConfigInput } from './rules/schema.ts';
import { commandOf, resolveService } from './rules/resolve.ts';
import { startTogether } from './rules/together.ts';
import { checkShape, type ShapeIssue } from './rules/shape.ts';
import { MAX_SERVICES, ProjectSize } from './rules/size.ts';
import type { ConfigSource } from './text/source.ts';

export interface ParseRequest {
  readonly root: string;
  readonly configFile: string;
  /** The config, then its local overlay if there is one. */
  readonly sources: readonly [ConfigSource, ...ConfigSource[]];
  /** The environment as `port: ${PORT:-8000}` sees it. */
  variable(name: string): string | undefined;
}

export type ParseResult =
  | { readonly project: Project }
  /** Everything that is wrong, in the order of the files. */
  | { readonly issues: readonly ConfigIssue[] };

export function parseProject(request: ParseRequest): ParseResult {
  const read = request.sources.map(readDocument);
  const syntax = read.flatMap(({ issues }) => issues);
  if (syntax.length > 0) return { issues: inOrder(syntax, request.sources) };

  const documents = read.map(({ document }) => document);
  const shape = documents.flatMap(checkShape);
  const issues = new IssueList(shape.map(({ issue }) => issue));
  // Parts of the wrong shape are left out of later checks, so all of them must be known.
  if (shape.length >= MOST_ISSUES) return { issues: inOrder(issues.all, request.sources) };
  const canBeJudged = !shape.some(
    ({ path: [top, name] }) => top === undefined || (top === 'services' && name === undefined),
  );
  const services = canBeJudged ? judgeServices(request, documents, shape, issues) : [];
  if (issues.all.length > 0) return { issues: inOrder(issues.all, request.sources) };

  const [base, local] = documents.map(inputOf);
  const project: Project = {
    name: local?.name ?? base?.name ?? (basename(request.root) || 'project'),
    root: request.root,
    configFile: request.configFile,
    services,
    profiles: profilesOf(documents),
    checks: checksOf(documents),
    ...metricsOf(documents.map(inputOf)),
    ...onAlertOf(documents.map(inputOf)),
    reload: local?.reload ?? base?.reload ?? 'ask',
    onHangup: local?.on_hangup ?? base?.on_hangup ?? 'stop',
    secrets: local?.secrets ?? base?.secrets ?? [],
    ...agentsOf(documents),
    ...actionsOf(documents),
    ...mainOf(documents),
  };
  return { project };
}

/** The overlay may say one of the two alone. */
function metricsOf(inputs: readonly ConfigInput[]): Pick<Project, 'metrics'> {
  const port = inputs.findLast(({ metrics }) => metrics?.port != null)?.metrics?.port;
  const host = inputs.findLast(({ metrics }) => metrics?.host != null)?.metrics?.host ?? '127.0.0.1';
  return port == null ? {} : { metrics: { host, port } };
}

function onAlertOf(inputs: readonly ConfigInput[]): Pick<Project, 'onAlert'> {
  const written = inputs.findLast((input) => input.on_alert !== undefined)?.on_alert;
  return written == null ? {} : { onAlert: commandOf(written) };
}

/** Adds to `issues` what the shape could not show; ends early when there are very many. */
function judgeServices(...from: Parameters<typeof readServices>): readonly ServiceSpec[] {
  const [, documents, , issues] = from;
  try {
    issues.add(...documents.flatMap(checkChecks));
    return readServices(...from);
  } catch (error) {
    if (error instanceof EnoughIssues) return [];
    throw error;
  }
}

function readServices(
  request: ParseRequest,
  documents: readonly ConfigDocument[],
  shape: readonly ShapeIssue[],
  issues: IssueList,
): readonly ServiceSpec[] {
  const names = [...new Set(documents.flatMap((document) => [...ownServices(document).keys()]))];
  if (names.length === 0 || names.length > MAX_SERVICES) {
    if (issues.all.length === 0) issues.add(wrongCount(documents, names.length));
    return [];
  }
  const broken = (name: ServiceName) => brokenKeys(shape, name);
  const layers = new Map(names.map((name) => [name, layersOf(name, documents, broken(name))]));

  const report: ReportService = (service, path, { message, hint, part }) => {
    const { document, place } = placeIn(layers.get(service) ?? [], path) ?? placeOfName(documents, service);
    const start = path.length === 0 || path[0] === 'depends_on' ? place.key : place.value;
    const within = part === undefined ? -1 : document.source.text.slice(0, place.end).indexOf(part, place.value);
    issues.add(document.issueAt(within < 0 ? start : within, message, hint));
  };

  const withPort = new Set<ServiceName>();
  const counts = new Map<ServiceName, number>();
  const size = new ProjectSize(counts);
  const specs = names.map((name) => {
    const own = layers.get(name) ?? [];
    const ofService = own.filter(({ path }) => path[0] === 'services').map(({ input }) => input);
    const merged = mergeLayers(own);
    if ((merged.replicas ?? 1) > 1) counts.set(name, merged.replicas ?? 1);
    if (merged.port?.default !== undefined || merged.compose !== undefined || broken(name).has('port'))
      withPort.add(name);
    for (const port of Object.keys(merged.ports ?? {})) withPort.add(name).add(portKey(name, port));
    const spec = resolveService(merged, {
      name,
      root: request.root,
      broken: broken(name),
      variable: (variable) => request.variable(variable),
      says: (key) => ofService.some((input) => (input[key] ?? undefined) !== undefined),
      saysVariable: (variable) => ofService.some(({ env }) => Object.hasOwn(env ?? {}, variable)),
      report: (path, message, hint) => report(name, path, { message, hint }),
    });
    const tooMuch = size.add(spec);
    if (tooMuch !== undefined) issues.addLast(issueAtName(documents, name, tooMuch));
    return spec;
  });
  const tooMany = size.problemOf(specs);
  if (tooMany !== undefined) issues.addLast(issueAtName(documents, names[0] ?? '', tooMany));

  checkNames(names, report);
  for (const name of replicaNames(counts)) if (names.includes(name)) report(name, [], nameOfACopy(name));
  checkPorts(specs, startTogether(specs, profilesOf(documents)), report);
  const allNames = [...names, ...replicaNames(counts)];
  checkDependencies(specs, allNames, report);
  for (const name of allNames) if ([...withPort].some((service) => isNamed(name, service))) withPort.add(name);
  checkReferences(specs, allNames, withPort, report);
  issues.add(...documents.flatMap((document) => checkProfiles(document, allNames)));
  issues.add(...documents.flatMap((document) => checkMain(document, allNames)));
  issues.add(...documents.flatMap((document) => checkActions(document, allNames)));
  return markOneShots(expandReplicas(specs, counts, report));
}

function nameOfACopy(name: ServiceName) {
  return { message: `${quoted(name)} is the name of a copy of another service`, hint: 'rename it' };
}

/** The keys of a service, or of the defaults below it, whose values have the wrong shape. */
function brokenKeys(shape: readonly ShapeIssue[], name: ServiceName): ReadonlySet<string> {
  const keys = shape.flatMap(({ path }) => {
    if (path[0] === 'defaults') return [path[1]];
    return path[0] === 'services' && path[1] === name ? [path[2]] : [];
  });
  return new Set(keys.map(String));
}

function wrongCount([base]: readonly ConfigDocument[], count: number): ConfigIssue {
  if (base === undefined) throw new BugError('a config without a file');
  const offset = base.place(['services'])?.key ?? 0;
  if (count > 0) return base.issueAt(offset, `there are ${count} services, and at most ${MAX_SERVICES} are possible`);
  const message = base.value === null ? `${base.source.file} is empty` : 'there are no services';
  return base.issueAt(offset, message, 'name at least one: services: {web: {command: npm run dev}}');
}

function issueAtName(documents: readonly ConfigDocument[], service: ServiceName, message: string): ConfigIssue {
  const { document, place } = placeOfName(documents, service);
  return document.issueAt(place.key, message);
}

/** The position of the service's key, in the file that wins. */
function placeOfName(documents: readonly ConfigDocument[], service: ServiceName) {
  for (const document of documents.toReversed()) {
    const place = document.place(['services', service]);
    if (place !== undefined) return { document, place: { ...place, value: place.key } };
  }
  throw new BugError(`service ${service} is in no file`);
}

function inOrder(issues: readonly ConfigIssue[], sources: readonly ConfigSource[]): ConfigIssue[] {
  const order = new Map(sources.map(({ file }, index) => [file, index]));
  const inFile = (a: ConfigIssue, b: ConfigIssue) => a.line - b.line || a.column - b.column;
  return issues.toSorted((a, b) => (order.get(a.file) ?? 0) - (order.get(b.file) ?? 0) || inFile(a, b));
}
