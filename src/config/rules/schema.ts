// The shape of a config file, as a zod schema. Every text given as `error` completes the sentence "… must be …".
// Left to others: defaults and what values mean together (config/resolve, config/check). A file may leave out
// everything, since `.project.config.local` says only what it changes; null takes back what a lower layer says.

import { ACTION_PARAM_TYPES } from '../../core/model/project.ts';
import { CONFLICT_POLICIES, DEPENDENCY_CONDITIONS, RESTART_POLICIES, SEVERITIES } from '../../core/model/vocabulary.ts';
import { ACTOR_KINDS, RIGHT_VALUES } from '../../core/model/actor.ts';
import * as z from 'zod/mini';
import { DURATION, GROWTH, parseDurationMs, PERCENT, SIZE } from '../text/quantity.ts';

const MAX_DURATION_MS = 24 * 3_600_000;
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGKILL', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'] as const;

const optional = <T extends z.core.$ZodType>(schema: T) => z.optional(z.nullable(schema));
const text = (error: string) => z.string({ error }).check(z.minLength(1, { error }));
const matching = (pattern: RegExp, error: string) => z.string({ error }).check(z.regex(pattern, { error }));
const oneOf = <const T extends readonly string[]>(values: T, error: string) => z.enum(values, { error });
const flag = z.boolean({ error: 'true or false' });

function count(minimum: number, maximum: number, error: string) {
  return z.int({ error }).check(z.minimum(minimum, { error }), z.maximum(maximum, { error }));
}

function duration(allow: { readonly zero: boolean }) {
  const error = `a duration such as "5s", "250ms" or "1m30s", ${allow.zero ? '' : 'above 0 and '}at most 24h`;
  return matching(DURATION, error).check(
    z.refine(
      (value) => {
        const ms = parseDurationMs(value) ?? 0;
        return ms <= MAX_DURATION_MS && (ms > 0 || allow.zero);
      },
      { error },
    ),
  );
}

const COMMAND = 'a command line, or a list of words such as [npm, run, dev]';
const command = z.union(
  [
    matching(/\S/, COMMAND),
    z.array(z.union([z.string(), z.number(), z.boolean()], { error: 'a word' }), { error: COMMAND }).check(
      z.minLength(1, { error: COMMAND }),
      z.refine((words) => words[0] !== '', { error: COMMAND }),
    ),
  ],
  { error: COMMAND },
);

const PORT = 'a whole number from 1 to 65535, a text such as "${PORT:-8000}", or a map';
const portNumber = z.union([count(1, 65_535, PORT), matching(/^\d+$|\$[A-Za-z_{]/, PORT)], { error: PORT });
const variableName = matching(/^[A-Za-z_]\w*$/, 'the name of an environment variable');
const port = z.strictObject(
  {
    default: optional(portNumber),
    range: optional(matching(/^\d{1,5}-\d{1,5}$/, 'two ports such as "8000-8099"')),
    host: optional(matching(/^[\w.:%-]+$/, 'a host name or address, without scheme and port')),
    env: optional(variableName),
  },
  { error: PORT },
);

const MORE_PORTS = 'a map of ports, each under its name: {web: 8025}';
const MORE_PORT = 'a whole number from 1 to 65535, a text such as "${WEB_PORT:-8025}", or a map with default';
const morePort = z.strictObject(
  {
    default: optional(portNumber),
    range: optional(matching(/^\d{1,5}-\d{1,5}$/, 'two ports such as "8000-8099"')),
    container_port: optional(count(1, 65_535, 'a whole number from 1 to 65535')),
  },
  { error: MORE_PORT },
);
const morePorts = z.record(
  matching(/^[A-Za-z0-9_]+$/, 'letters, digits and "_"'),
  optional(z.union([portNumber, morePort], { error: MORE_PORT })),
  { error: MORE_PORTS },
);

const CONTAINER = 'an image such as "postgres:18", or a map with image';
const ARGS = 'a list of words such as ["-c", "fsync=off"]';
const VOLUMES = 'a list such as ["data:/var/lib/data", "./seed:/seed:ro"]';
const container = z.strictObject(
  {
    image: optional(matching(/^\S+$/, 'the name of an image such as "postgres:18"')),
    args: optional(z.array(z.union([z.string(), z.number(), z.boolean()], { error: 'a word' }), { error: ARGS })),
    volumes: optional(
      z.array(matching(/^[^:]+:\/[^:]*(?::[\w,]+)?$/, 'a volume or folder, a colon, and a path inside'), {
        error: VOLUMES,
      }),
    ),
    user: optional(matching(/^[\w.-]+(?::[\w.-]+)?$/, 'a user such as "1000:1000" or "postgres"')),
    platform: optional(matching(/^\w+(?:\/\w+){1,2}$/, 'a platform such as "linux/amd64"')),
    pull: optional(oneOf(['missing', 'always', 'never'], '"missing", "always" or "never"')),
    name: optional(matching(/^[A-Za-z0-9][\w.-]+$/, 'a name of letters, digits, ".", "_" and "-"')),
  },
  { error: CONTAINER },
);
const containerOrShort = z.union([matching(/^\S+$/, CONTAINER), container], { error: CONTAINER });
const COMPOSE = 'the name of a service of the Compose file, or a map with file, service and profiles';
const COMPOSE_FILES = 'a path, or a list of paths';
const compose = z.strictObject(
  {
    file: optional(
      z.union([text(COMPOSE_FILES), z.array(text('a path'), { error: COMPOSE_FILES })], { error: COMPOSE_FILES }),
    ),
    service: optional(text('the name of a service of the Compose file')),
    profiles: optional(z.array(text('the name of a profile'), { error: 'a list of names such as [dev]' })),
  },
  { error: COMPOSE },
);
const composeOrShort = z.union([matching(/^[\w.-]+$/, COMPOSE), compose], { error: COMPOSE });
const insidePort = count(1, 65_535, 'a whole number from 1 to 65535');

const PROBE = 'a path such as "/health", a URL, "tcp", or a map with http, tcp, command or log';
const URL_OR_PATH = 'a path such as "/health", or a URL';
const TCP = 'true, or an address such as "localhost:5432"';
const probe = z.strictObject(
  {
    http: optional(matching(/^(?:\/|https?:\/\/|\$\{)\S*$/, URL_OR_PATH)),
    tcp: optional(z.union([z.literal(true, { error: TCP }), matching(/^\S+:\d+$|\$\{/, TCP)], { error: TCP })),
    command: optional(command),
    log: optional(text('a regular expression')),
    interval: optional(duration({ zero: false })),
    timeout: optional(duration({ zero: false })),
    retries: optional(count(1, 1000, 'a whole number from 1 to 1000')),
    start_period: optional(duration({ zero: true })),
    slow: optional(duration({ zero: false })),
    restart: optional(flag),
  },
  { error: PROBE },
);
const probeOrShort = z.union([matching(/^(?:tcp$|\/|https?:\/\/|\$\{)\S*$/, PROBE), probe], { error: PROBE });

const POLICIES = '"no", "on-failure" or "always"';
const policy = oneOf(RESTART_POLICIES, `${POLICIES}, or a map with policy`);
const restart = z.strictObject(
  {
    policy: optional(oneOf(RESTART_POLICIES, POLICIES)),
    max: optional(count(0, 1_000_000, 'a whole number, 0 or more')),
    backoff: optional(duration({ zero: true })),
    max_backoff: optional(duration({ zero: true })),
    reset_after: optional(duration({ zero: true })),
    cool_down: optional(duration({ zero: true })),
  },
  { error: `${POLICIES}, or a map with policy` },
);

const stop = z.strictObject(
  {
    signal: optional(oneOf(SIGNALS, `a signal: ${SIGNALS.join(', ')}`)),
    grace: optional(duration({ zero: true })),
    command: optional(command),
  },
  { error: 'a map such as {signal: SIGTERM, grace: 10s}' },
);

const log = z.strictObject(
  {
    max_size: optional(matching(SIZE, 'a size such as "10MiB"')),
    keep: optional(count(1, 1000, 'a whole number from 1 to 1000')),
  },
  { error: 'a map such as {max_size: 10MiB, keep: 5}' },
);

/** A limit alone, or with how long and how bad. */
function alertRule<Limit extends z.core.$ZodType>(limit: Limit, expects: string) {
  const error = `${expects}, or a map with above`;
  const map = z.strictObject(
    { above: optional(limit), for: optional(duration({ zero: true })), severity: optional(severity) },
    { error },
  );
  return z.union([limit, map], { error });
}

const severity = oneOf(SEVERITIES, '"warning" or "critical"');
const PER_CENT = 'a percentage of one core such as "90%"';
const SHARE = 'a percentage such as "5%"';
const A_SIZE = 'a size such as "1GiB"';
const PER_HOUR = 'a size an hour such as "50MiB/h"';
const NONE_OR_MORE = 'a whole number, 0 or more';
const ONE_OR_MORE = 'a whole number, 1 or more';
const A_DURATION = 'a duration such as "500ms" or "10s"';

const alerts = z.strictObject(
  {
    cpu: optional(alertRule(matching(PERCENT, PER_CENT), PER_CENT)),
    memory: optional(alertRule(matching(SIZE, A_SIZE), A_SIZE)),
    memory_growth: optional(alertRule(matching(GROWTH, PER_HOUR), PER_HOUR)),
    errors_per_minute: optional(alertRule(count(0, 1_000_000, NONE_OR_MORE), NONE_OR_MORE)),
    error_rate: optional(alertRule(matching(PERCENT, SHARE), SHARE)),
    restarts: optional(alertRule(count(1, 1_000_000, ONE_OR_MORE), ONE_OR_MORE)),
    latency: optional(alertRule(duration({ zero: false }), A_DURATION)),
    ready_within: optional(alertRule(duration({ zero: false }), A_DURATION)),
    unhealthy_for: optional(alertRule(duration({ zero: false }), A_DURATION)),
  },
  { error: 'a map such as {cpu: 90%, memory: 1GiB}' },
);
/** The map form of a rule, for its documentation; the values of `above` depend on the rule. */
const alert = z.strictObject({
  above: optional(z.union([z.string(), z.number()], { error: 'the limit of the short form' })),
  for: optional(duration({ zero: true })),
  severity: optional(severity),
});

const HOOK = 'a command line, a list of words, or a map with command';
const hookMap = z.strictObject(
  {
    command,
    retries: optional(count(0, 1000, 'a whole number from 0 to 1000')),
    delay: optional(duration({ zero: true })),
    timeout: optional(duration({ zero: false })),
  },
  { error: HOOK },
);
const hook = z.union([command, hookMap], { error: HOOK });
const HOOKS = 'a list of commands such as [alembic upgrade head], or one command line';
const hooks = z.union([matching(/\S/, HOOKS), z.array(hook, { error: HOOKS })], { error: HOOKS });

const DEPENDENCIES = 'a list such as [db], or a map such as {db: ready}';
const CONDITION = '"started", "ready" or "completed", or a map with condition and restart';
const condition = oneOf(DEPENDENCY_CONDITIONS, CONDITION);
const dependencyMap = z.strictObject({ condition: optional(condition), restart: optional(flag) }, { error: CONDITION });
const dependency = z.union([condition, dependencyMap], { error: CONDITION });
const dependsOn = z.union(
  [
    z.array(text('the name of a service'), { error: DEPENDENCIES }),
    z.record(z.string(), optional(dependency), { error: DEPENDENCIES }),
  ],
  { error: DEPENDENCIES },
);

const ENV = 'a map such as {NAME: value}';
const env = z.record(
  matching(/^[^=\s]+$/, 'text without spaces and "="'),
  optional(z.union([z.string(), z.number(), z.boolean()], { error: 'text' })),
  { error: ENV },
);

const ON_CONFLICT = '"ask", "kill", "reroute", "reuse" or "fail", or a list such as [kill, reroute]';
const conflictPolicy = oneOf(CONFLICT_POLICIES, ON_CONFLICT);

const GLOBS = 'a glob such as "src/**/*.ts", or a list of them';
const FILES = 'a path, or a list of paths';

const service = z.strictObject(
  {
    command: optional(command),
    container: optional(containerOrShort),
    compose: optional(composeOrShort),
    cwd: optional(text('a path')),
    port: optional(z.union([portNumber, port], { error: PORT })),
    ports: optional(morePorts),
    container_port: optional(insidePort),
    env: optional(env),
    env_file: optional(z.union([text(FILES), z.array(text('a path'), { error: FILES })], { error: FILES })),
    depends_on: optional(dependsOn),
    before: optional(hooks),
    after: optional(hooks),
    health: optional(probeOrShort),
    ready: optional(probeOrShort),
    restart: optional(z.union([policy, restart], { error: `${POLICIES}, or a map with policy` })),
    stop: optional(stop),
    on_conflict: optional(
      z.union(
        [conflictPolicy, z.array(conflictPolicy, { error: ON_CONFLICT }).check(z.minLength(1, { error: ON_CONFLICT }))],
        {
          error: ON_CONFLICT,
        },
      ),
    ),
    tty: optional(flag),
    log: optional(log),
    alerts: optional(alerts),
    watch: optional(z.union([text(GLOBS), z.array(text('a glob'), { error: GLOBS })], { error: GLOBS })),
    autostart: optional(flag),
    replicas: optional(count(1, 100, 'a whole number from 1 to 100')),
  },
  { error: 'a map with at least a command or a container' },
);

/** What all services share: the same keys, none of them needed. */
export const defaults = z.strictObject(service.shape, { error: 'a map of keys of a service' });

const metrics = z.strictObject(
  {
    port: optional(count(1, 65_535, 'a whole number from 1 to 65535')),
    host: optional(matching(/^[\w.:%-]+$/, 'a host name or address, without scheme and port')),
  },
  { error: 'a map such as {port: 9464}' },
);

const PROFILE = 'a list of services such as [backend, db]';

const projectCheck = z.strictObject(
  {
    command: optional(command),
    hint: optional(text('text')),
    timeout: optional(duration({ zero: false })),
    expect: optional(text('a regular expression')),
    required: optional(flag),
    when: optional(oneOf(['start', 'running'], '"start" or "running"')),
  },
  { error: 'a map with at least a command' },
);

const ACTION_VALUE = 'a text, a number, or true or false';
const PARAM = 'a map such as {type: number, min: 1, default: 100}';
const PARAM_TYPE = '"number", "choice", "text" or "flag"';
const aNumber = z.number({ error: 'a number' });
const actionParam = z.strictObject(
  {
    type: optional(oneOf(ACTION_PARAM_TYPES, PARAM_TYPE)),
    min: optional(aNumber),
    max: optional(aNumber),
    choices: optional(
      z.array(z.union([text('a word'), z.number()], { error: 'a word' }), { error: 'a list such as [small, full]' }),
    ),
    default: optional(z.union([z.string(), z.number(), z.boolean()], { error: ACTION_VALUE })),
  },
  { error: PARAM },
);
const ACTION_NAME = 'small letters, digits, "-" and "_", at most 40';
const action = z.strictObject(
  {
    command: optional(command),
    service: optional(text('the name of a service')),
    params: optional(
      z.record(matching(/^[a-z][a-z0-9_-]{0,39}$/, ACTION_NAME), actionParam, {
        error: 'a map of parameters, each under its name',
      }),
    ),
    confirm: optional(text('a question')),
    interactive: optional(flag),
    actors: optional(
      z.array(oneOf(ACTOR_KINDS, '"person", "script" or "agent"'), { error: 'a list such as [person]' }),
    ),
  },
  { error: 'a map with at least a command and a service' },
);

const RIGHT = '"yes", "own", "ask" or "no"';
const right = optional(oneOf(RIGHT_VALUES, RIGHT));
const agents = z.strictObject(
  { stop: right, kill: right, reroute: right, run: right, edit_config: right },
  { error: 'a map such as {stop: own, kill: ask}' },
);

export const configSchema = z.strictObject(
  {
    name: optional(text('text')),
    services: optional(z.record(z.string(), optional(service), { error: 'a map of services, each under its name' })),
    defaults: optional(defaults),
    profiles: optional(
      z.record(
        matching(/^[A-Za-z0-9][\w.-]*$/, 'letters, digits, ".", "_" and "-"'),
        optional(z.array(text('the name of a service'), { error: PROFILE })),
        { error: 'a map such as {minimal: [backend]}' },
      ),
    ),
    checks: optional(z.record(text('text'), optional(projectCheck), { error: 'a map of checks, each under its name' })),
    on_alert: optional(command),
    metrics: optional(metrics),
    on_hangup: optional(oneOf(['stop', 'keep'], '"stop" or "keep"')),
    reload: optional(oneOf(['ask', 'auto'], '"ask" or "auto"')),
    secrets: optional(z.array(variableName, { error: 'a list of names of environment variables' })),
    main: optional(text('the name of a service')),
    agents: optional(agents),
    actions: optional(
      z.record(matching(/^[a-z][a-z0-9_-]{0,39}$/, ACTION_NAME), optional(action), {
        error: 'a map of actions, each under its name',
      }),
    ),
  },
  { error: 'a map with "services"' },
);

/** Every map of a config, by the name under which config/key-docs explains its keys. */
export const KEY_GROUPS = {
  project: configSchema,
  service,
  container,
  compose,
  port,
  namedPort: morePort,
  probe,
  hook: hookMap,
  dependency: dependencyMap,
  restart,
  stop,
  log,
  alerts,
  alert,
  check: projectCheck,
  metrics,
  agents,
  action,
  actionParam,
} as const;

export type ConfigInput = z.infer<typeof configSchema>;
export type ComposeInput = z.infer<typeof compose>;
export type ContainerInput = z.infer<typeof container>;
export type ServiceInput = z.infer<typeof service>;
export type MorePortInput = z.infer<typeof morePort>;
export type HookInput = z.infer<typeof hook>;
export type DependencyInput = z.infer<typeof dependencyMap>;
export type ActionInput = z.infer<typeof action>;
export type ActionParamInput = z.infer<typeof actionParam>;
export type ProbeInput = z.infer<typeof probe>;

const KEYS_WITHIN: Readonly<Record<string, readonly string[]>> = {
  container: Object.keys(container.shape),
  compose: Object.keys(compose.shape),
  port: Object.keys(port.shape),
  health: Object.keys(probe.shape),
  ready: Object.keys(probe.shape),
  restart: Object.keys(restart.shape),
  stop: Object.keys(stop.shape),
  log: Object.keys(log.shape),
  alerts: Object.keys(alerts.shape),
};

const HOOK_KEYS = Object.keys(hookMap.shape);

export const SERVICE_KEYS: readonly string[] = Object.keys(service.shape);

/** The keys that a map at `path` may have, to guess from when one is unknown. */
export function knownKeys(path: readonly (string | number)[]): readonly string[] {
  const [top, ...rest] = path;
  if (top === undefined) return Object.keys(configSchema.shape);
  if (top === 'checks') return Object.keys(projectCheck.shape);
  if (top === 'metrics') return Object.keys(metrics.shape);
  if (top === 'agents') return Object.keys(agents.shape);
  if (top === 'actions') return Object.keys(rest.length > 2 ? actionParam.shape : action.shape);
  const [key, inner] = top === 'defaults' ? rest : rest.slice(1);
  if (key === 'ports') return Object.keys(morePort.shape);
  if (key === 'depends_on') return Object.keys(dependencyMap.shape);
  if (key === 'alerts' && inner !== undefined) return Object.keys(alert.shape);
  if (key === 'before' || key === 'after') return HOOK_KEYS;
  return key === undefined ? SERVICE_KEYS : (KEYS_WITHIN[String(key)] ?? []);
}
