// The methods that a client may call, each with a guard for its arguments.
// Trap: arguments come from outside. A guard copies what it knows, field by field, and never merges objects.

import { CONFLICT_CHOICES, CONFLICT_POLICIES } from '../core/model/vocabulary.ts';
import type { ServiceName } from '../core/model/project.ts';
import type {
  ActionRequest,
  ConflictDecision,
  RestartOptions,
  Session,
  StartOptions,
  TerminalSize,
} from '../core/session/session.ts';
import type { LogFolds, LogQuery, LogSearch, LogFilter } from '../core/session/log-query.ts';
import { terminalSafe } from '../core/output/unseen.ts';
import { DevError, EXIT } from '../errors.ts';
import { isInteger, isRecord } from './protocol.ts';
import type { SessionRequest } from '../core/session/session-requests.ts';

const LONGEST_ANSWER = 4_096;
const LONGEST_TEXT = 500;
const LONGEST_LEASE_MS = 24 * 3_600_000;
/** More than a project has services, with the names that mean all copies of one. */
const MOST_NAMES = 2_000;

/** The arguments of each method, out of what a client sent. */
const ARGUMENTS: {
  readonly [Method in SessionRequest]: (params: readonly unknown[]) => Parameters<Session[Method]>;
} = {
  snapshot: () => [],
  start: ([names, options]) => [serviceNames(names), startOptions(options)],
  stop: ([names, options]) => [serviceNames(names), forceOption(options)],
  restart: ([names, options]) => [serviceNames(names), restartOptions(options)],
  takeEnvironment: ([names, env]) => [serviceNames(names), environment(env)],
  environmentOf: ([service]) => [serviceName(service)],
  resolveConflict: ([service, decision]) => [serviceName(service), conflictDecision(decision)],
  readLogs: ([query]) => [logQuery(query)],
  searchLogs: ([search]) => [logSearch(search)],
  probe: ([names]) => [serviceNames(names)],
  inspectPort: ([port]) => [integer('port', port, 1, 65_535)],
  findHeldPorts: ([names]) => [serviceNames(names)],
  inspectService: ([service]) => [serviceName(service)],
  readUsage: ([count, options]) => [integer('count', count, 0, 1_000), usageOptions(options)],
  syncHistory: () => [],
  readTallies: () => [],
  readFacts: ([from]) => [integer('from', from, 0, Number.MAX_SAFE_INTEGER)],
  readStartup: () => [],
  typeAnswer: ([service, line]) => [serviceName(service), typedLine(line)],
  reloadConfig: ([options]) => [reloadOptions(options)],
  removeContainers: ([names]) => [serviceNames(names)],
  shutdown: ([options]) => [shutdownOptions(options)],
  clients: () => [],
  requestPermission: ([action]) => [permission(action)],
  answerRequest: ([id, answer]) => [integer('id', id, 1, 2 ** 31), requestAnswer(answer)],
  lockService: ([service, lease]) => [serviceName(service), leaseTerms(lease)],
  unlockService: ([service]) => [serviceName(service)],
  runAction: ([name, request]) => [text('name', name), actionRequest(request)],
  beginAction: ([name, request]) => [text('name', name), actionRequest(request)],
  endAction: ([name, run, exitCode]) => [
    text('name', name),
    integer('run', run, 1, Number.MAX_SAFE_INTEGER),
    isAbsent(exitCode) ? null : integer('exitCode', exitCode, 0, 255),
  ],
  stopAction: ([name]) => [text('name', name)],
  detach: () => [],
  resize: ([size]) => [terminalSize(size)],
};

/**
 * Calls the method named by a client.
 * @throws DevError `usage` when there is no such method, or its arguments are of another shape
 */
export async function callMethod(session: Session, method: string, params: readonly unknown[]): Promise<unknown> {
  if (!isRequest(method)) throw usage(`the session has no method ${quote(method)}`);
  const call = session[method] as (...checked: readonly unknown[]) => Promise<unknown>;
  return await call.apply(session, ARGUMENTS[method](params));
}

function isRequest(method: string): method is SessionRequest {
  return Object.hasOwn(ARGUMENTS, method);
}

function serviceNames(value: unknown): readonly ServiceName[] {
  if (!Array.isArray(value) || value.length > MOST_NAMES) {
    throw usage(`names must be a list of at most ${MOST_NAMES}, not ${quote(value)}`);
  }
  return [...new Set(value.map(serviceName))];
}

export function serviceName(value: unknown): ServiceName {
  if (typeof value !== 'string') throw usage(`a service name must be text, not ${quote(value)}`);
  return value;
}

function startOptions(value: unknown): StartOptions | undefined {
  const options = optionsRecord(value);
  if (options === undefined) return undefined;
  const { dependencies, ports, onConflict, repeatsCompleted } = options;
  return {
    ...(isAbsent(dependencies) ? {} : { dependencies: boolean('dependencies', dependencies) }),
    ...(isAbsent(repeatsCompleted) ? {} : { repeatsCompleted: boolean('repeatsCompleted', repeatsCompleted) }),
    ...(isAbsent(ports) ? {} : { ports: portsByService(ports) }),
    ...(isAbsent(onConflict) ? {} : { onConflict: oneOf('onConflict', onConflict, CONFLICT_POLICIES) }),
  };
}

function restartOptions(value: unknown): RestartOptions | undefined {
  const ports = optionsRecord(value)?.['ports'];
  return isAbsent(ports) ? undefined : { ports: portsByService(ports) };
}

/** Of a value nothing is repeated in an error. */
function environment(value: unknown): Readonly<Record<string, string>> {
  if (!isRecord(value)) throw usage(`an environment must be an object, not ${quote(value)}`);
  return Object.fromEntries(
    Object.entries(value).map(([name, text]) => {
      if (typeof text !== 'string') throw usage(`the value of ${quote(name)} must be text`);
      return [name, text];
    }),
  );
}

function portsByService(value: unknown): Readonly<Record<ServiceName, number>> {
  if (!isRecord(value)) throw usage(`ports must be an object, not ${quote(value)}`);
  // fromEntries defines properties and never assigns them: a service named __proto__ stays a plain key.
  return Object.fromEntries(
    Object.entries(value).map(([service, port]) => [service, integer(`port of ${service}`, port, 1, 65_535)]),
  );
}

function usageOptions(value: unknown): { readonly perService?: boolean } | undefined {
  const options = optionsRecord(value);
  if (options === undefined || isAbsent(options['perService'])) return undefined;
  return { perService: boolean('perService', options['perService']) };
}

function forceOption(value: unknown): { readonly force?: boolean } | undefined {
  const options = optionsRecord(value);
  if (options === undefined || isAbsent(options['force'])) return undefined;
  return { force: boolean('force', options['force']) };
}

function shutdownOptions(value: unknown): Parameters<Session['shutdown']>[0] {
  const options = optionsRecord(value);
  if (options === undefined) return undefined;
  return {
    ...forceOption(value),
    ...(isAbsent(options['remove']) ? {} : { remove: boolean('remove', options['remove']) }),
  };
}

function reloadOptions(value: unknown): Parameters<Session['reloadConfig']>[0] {
  const options = optionsRecord(value);
  if (options === undefined) return undefined;
  const { dryRun, version } = options;
  return {
    ...(isAbsent(dryRun) ? {} : { dryRun: boolean('dryRun', dryRun) }),
    ...(isAbsent(version) ? {} : { version: integer('version', version, 0, Number.MAX_SAFE_INTEGER) }),
  };
}

function permission(value: unknown): Parameters<Session['requestPermission']>[0] {
  if (!isRecord(value)) throw usage(`an action must be an object, not ${quote(value)}`);
  return { right: oneOf('right', value['right'], ['run', 'kill']), what: shortText('what', value['what']) };
}

function requestAnswer(value: unknown): Parameters<Session['answerRequest']>[1] {
  if (!isRecord(value)) throw usage(`an answer must be an object, not ${quote(value)}`);
  const { isGranted, remember } = value;
  return {
    isGranted: boolean('isGranted', isGranted),
    ...(isAbsent(remember) ? {} : { remember: boolean('remember', remember) }),
  };
}

function actionRequest(value: unknown): ActionRequest {
  if (!isRecord(value) || !isRecord(value['values'])) throw usage(`a request must have values, not ${quote(value)}`);
  const { values, isConfirmed } = value;
  return {
    values: Object.fromEntries(Object.entries(values).map(([name, given]) => [name, text(`value of ${name}`, given)])),
    ...(isAbsent(isConfirmed) ? {} : { isConfirmed: boolean('isConfirmed', isConfirmed) }),
  };
}

function leaseTerms(value: unknown): Parameters<Session['lockService']>[1] {
  if (!isRecord(value)) throw usage(`a lease must be an object, not ${quote(value)}`);
  const durationMs = integer('durationMs', value['durationMs'], 1, LONGEST_LEASE_MS);
  return { durationMs, why: shortText('why', value['why']) };
}

/** Said of a client, and shown to a person. */
function shortText(what: string, value: unknown): string {
  const said = text(what, value);
  if (said.length > LONGEST_TEXT) throw usage(`${what} must have at most ${LONGEST_TEXT} characters`);
  return terminalSafe(said.replaceAll(/\s+/g, ' '));
}

function conflictDecision(value: unknown): ConflictDecision {
  if (!isRecord(value)) throw usage(`a decision must be an object, not ${quote(value)}`);
  const { remember } = value;
  return { ...choiceOf(value), ...(isAbsent(remember) ? {} : { remember: boolean('remember', remember) }) };
}

function choiceOf(value: Readonly<Record<string, unknown>>): ConflictDecision {
  const choice = oneOf('choice', value['choice'], CONFLICT_CHOICES);
  if (choice === 'kill') return { choice, owners: processIdentities(value['owners']) };
  if (choice === 'container') return { choice, id: text('id', value['id']) };
  if (choice !== 'reroute' || isAbsent(value['port'])) return { choice };
  return { choice, port: integer('port', value['port'], 1, 65_535) };
}

function processIdentities(value: unknown): readonly { readonly pid: number; readonly startTicks: number }[] {
  if (!Array.isArray(value)) throw usage(`owners must be a list, not ${quote(value)}`);
  return value.map((owner: unknown) => {
    if (!isRecord(owner)) throw usage(`an owner must be an object, not ${quote(owner)}`);
    return {
      pid: integer('pid', owner['pid'], 1, 2 ** 31 - 1),
      startTicks: integer('startTicks', owner['startTicks'], 0, Number.MAX_SAFE_INTEGER),
    };
  });
}

function logQuery(value: unknown): LogQuery {
  if (!isRecord(value)) throw usage(`a log query must be an object, not ${quote(value)}`);
  return {
    service: serviceName(value['service']),
    from: integer('from', value['from'], Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    count: integer('count', value['count'], 0, 5_000),
    ...(isAbsent(value['raw']) ? {} : { raw: boolean('raw', value['raw']) }),
    ...folds(value['folds']),
    ...(isAbsent(value['masked']) ? {} : { masked: boolean('masked', value['masked']) }),
  };
}

function logSearch(value: unknown): LogSearch {
  if (!isRecord(value)) throw usage(`a log search must be an object, not ${quote(value)}`);
  return {
    service: serviceName(value['service']),
    filter: logFilter(value['filter']),
    ...folds(value['folds']),
    from: integer('from', value['from'], Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    direction: oneOf('direction', value['direction'], ['older', 'newer'] as const),
    limit: integer('limit', value['limit'], 1, 1_000),
  };
}

function folds(value: unknown): { readonly folds?: LogFolds } {
  return isAbsent(value) ? {} : { folds: oneOf('folds', value, ['all', 'redrawn'] as const) };
}

function logFilter(value: unknown): LogFilter {
  if (!isRecord(value)) throw usage(`a filter must be an object, not ${quote(value)}`);
  return {
    matching: patterns(value['matching']),
    excluding: patterns(value['excluding']),
    errorsOnly: boolean('errorsOnly', value['errorsOnly']),
  };
}

function patterns(value: unknown): readonly string[] {
  if (!Array.isArray(value) || value.length > 10) throw usage('patterns must be a list of at most 10');
  return value.map((pattern: unknown) => {
    if (typeof pattern !== 'string' || pattern.length > 1_000) {
      throw usage(`a pattern must be text of at most 1000 characters, not ${quote(pattern)}`);
    }
    return pattern;
  });
}

export function terminalSize(value: unknown): TerminalSize {
  if (!isRecord(value)) throw usage(`a size must be an object, not ${quote(value)}`);
  return {
    columns: integer('columns', value['columns'], 1, 65_535),
    rows: integer('rows', value['rows'], 1, 65_535),
  };
}

function optionsRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (isAbsent(value)) return undefined;
  if (!isRecord(value)) throw usage(`options must be an object, not ${quote(value)}`);
  return value;
}

export function integer(what: string, value: unknown, min: number, max: number): number {
  if (!isInteger(value) || value < min || value > max) {
    throw usage(`${what} must be a whole number from ${min} to ${max}, not ${quote(value)}`);
  }
  return value;
}

/** Of what is typed nothing is repeated in an error. */
function typedLine(value: unknown): string {
  if (typeof value === 'string' && value.length <= LONGEST_ANSWER) return value;
  throw usage(`an answer must be text of at most ${LONGEST_ANSWER} characters`);
}

function text(what: string, value: unknown): string {
  if (typeof value !== 'string') throw usage(`${what} must be text, not ${quote(value)}`);
  return value;
}

function boolean(what: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw usage(`${what} must be true or false, not ${quote(value)}`);
  return value;
}

function oneOf<Choice extends string>(what: string, value: unknown, choices: readonly Choice[]): Choice {
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) throw usage(`${what} must be one of ${choices.join(', ')}, not ${quote(value)}`);
  return choice;
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

export function usage(problem: string): DevError {
  return new DevError({ code: 'usage', exitCode: EXIT.usage, message: `The session did not understand: ${problem}.` });
}

/** Short: what lies within lists and objects is not shown, however deep it is. */
function quote(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (Array.isArray(value)) return 'a list';
  return isRecord(value) ? 'an object' : String(value);
}
