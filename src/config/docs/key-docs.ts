// What every key of a config means, for people: the one source of docs/config.md, of the JSON Schema's descriptions, and
// of the defaults that `config explain` names. What a key may hold stands in the schema, beside its check.
// The tests parse every example, and compare every default with what is in force when the key is left out.

import type { KEY_GROUPS } from '../rules/schema.ts';

export interface KeyDoc {
  readonly meaning: string;
  /** A value, as YAML on one line. */
  readonly example: string;
  /** As YAML: writing it changes nothing. */
  readonly default?: string;
  /** What holds when the key is left out and no value would say it. */
  readonly otherwise?: string;
}

export type KeyGroup = keyof typeof KEY_GROUPS;

type KeysOf<G extends KeyGroup> = keyof (typeof KEY_GROUPS)[G]['shape'];

export const KEY_DOCS: { readonly [G in KeyGroup]: { readonly [K in KeysOf<G>]: KeyDoc } } = {
  project: {
    name: {
      meaning: 'what the project is called, on the screen and in `DEV_PROJECT`',
      example: 'bookshop',
      otherwise: "the folder's name",
    },
    services: {
      meaning: 'the services, in the order in which they are shown',
      example: '{web: {command: npm run dev}}',
      otherwise: 'at least one is needed',
    },
    defaults: { meaning: 'keys of a service, for all of them', example: '{restart: always, stop: {grace: 5s}}' },
    profiles: { meaning: 'sets of services to start: `./dev up --profile minimal`', example: '{minimal: [web]}' },
    checks: {
      meaning: 'what has to be true on every machine, each check under its name',
      example: '{node: {command: [node, --version], expect: "^v2[2-9]"}}',
    },
    on_alert: {
      meaning: 'a command that runs whenever an alert is raised or cleared; see [Alerts](#alerts)',
      example: 'notify-send "$DEV_ALERT_SERVICE" "$DEV_ALERT_MESSAGE"',
      otherwise: 'nothing runs',
    },
    metrics: {
      meaning: 'serves what is measured to Prometheus and its kind; see [Metrics](#metrics)',
      example: '{port: 9464}',
      otherwise: 'nothing is served',
    },
    on_hangup: {
      meaning: 'what happens when the last screen closes without `q` or `d`',
      example: 'keep',
      default: 'stop',
    },
    reload: {
      meaning: 'whether an edit of the config is applied at once, or waits for `./dev reload`',
      example: 'auto',
      default: 'ask',
    },
    secrets: {
      meaning: 'variables whose values are masked in all that devdeck says, besides those whose names look secret',
      example: '[LICENCE]',
      default: '[]',
    },
    main: {
      meaning: 'the service whose URL is meant where none is named, as in `./dev test`',
      example: 'web',
      otherwise: 'the one service with a URL that no other needs',
    },
    agents: {
      meaning: 'what coding agents may do without a person; see docs/agents.md',
      example: '{stop: ask, kill: no}',
    },
  },
  service: {
    command: {
      meaning: 'what runs: a text in `sh -c`, a list word by word without a shell',
      example: 'uvicorn app.main:app --reload --port $PORT',
      otherwise: 'needed, unless there is a container or a Compose service',
    },
    container: {
      meaning: 'the image of a container that runs in place of a command; see [Container](#container)',
      example: 'postgres:18',
      otherwise: 'none',
    },
    compose: {
      meaning: 'a service of a Compose file, which runs in place of a command; see [Compose](#compose)',
      example: 'redis',
      otherwise: 'none',
    },
    cwd: { meaning: 'the folder it runs in, from the root of the project', example: 'backend', default: '.' },
    port: {
      meaning: 'the port it should listen on, passed as `PORT`; see [Port](#port)',
      example: '8000',
      otherwise: 'none',
    },
    ports: {
      meaning: 'further ports, each under its name; see [Several ports](#several-ports)',
      example: '{web: 8025}',
      otherwise: 'none',
    },
    container_port: {
      meaning: 'the port inside the container, which is published as `port`',
      example: '5432',
      otherwise: 'the only one that the image exposes, else `port`',
    },
    env: {
      meaning: 'environment variables; references and `${VAR:-default}` are filled in',
      example: '{LOG_LEVEL: debug, WORKERS: 2}',
      default: '{}',
    },
    env_file: {
      meaning: 'files in dotenv syntax, read again at every start',
      example: '[.env.backend]',
      default: '[]',
    },
    depends_on: {
      meaning: 'what must be up first; see [Dependencies](#dependencies)',
      example: '[db]',
      default: '[]',
    },
    before: {
      meaning:
        'commands that run to completion before every start; see [Commands around a start](#commands-around-a-start)',
      example: '[alembic upgrade head]',
      default: '[]',
    },
    after: { meaning: 'commands that run once it is ready', example: '[npm run seed]', default: '[]' },
    health: {
      meaning: 'makes the service ready, and watches it afterwards; see [Readiness and health](#readiness-and-health)',
      example: '/health',
      otherwise: 'listens on its port, or has lived for 1s',
    },
    ready: {
      meaning: 'makes the service ready, and says nothing afterwards',
      example: '{log: "compiled successfully"}',
      otherwise: 'as `health`',
    },
    restart: {
      meaning: 'what happens when it ends without being stopped; see [Restarts](#restarts)',
      example: 'always',
      default: 'on-failure',
    },
    stop: { meaning: 'how it is stopped; see [Stop](#stop)', example: '{signal: SIGINT, grace: 5s}' },
    on_conflict: {
      meaning:
        'what happens when its port is taken, or a list of what is tried one after the other, such as `[kill, reroute]`; without a terminal `ask` means `fail`, except that left-overs of the project are killed',
      example: 'reroute',
      default: 'ask',
    },
    tty: {
      meaning: 'whether it has a terminal of its own, or plain pipes, as a container has unless told so',
      example: 'false',
      default: 'true',
    },
    log: { meaning: 'how much of its output is kept; see [Log](#log)', example: '{max_size: 50MiB, keep: 2}' },
    alerts: {
      meaning: 'limits that raise an alert; see [Alerts](#alerts)',
      example: '{memory: 1GiB}',
      otherwise: 'none',
    },
    watch: {
      meaning:
        'globs from the root of the project; a change of a file restarts it; see [Watched files](#watched-files)',
      example: '[backend/**/*.toml]',
      default: '[]',
    },
    autostart: { meaning: 'whether it starts without being named', example: 'false', default: 'true' },
    replicas: { meaning: 'how many run, each with its own port; see [Copies](#copies)', example: '3', default: '1' },
  },
  container: {
    image: { meaning: 'the image, as the engine takes it', example: 'postgres:18', otherwise: 'needed' },
    args: {
      meaning: 'words after the image; references are filled in',
      example: '["-c", "fsync=off"]',
      otherwise: 'the command of the image',
    },
    volumes: {
      meaning: 'what is kept or shared: a volume by its name, or a folder by its path, and where it is inside',
      example: '["data:/var/lib/data", "./seed:/seed:ro"]',
      default: '[]',
    },
    user: { meaning: 'who its first process is', example: '"1000:1000"', otherwise: 'as the image says' },
    platform: { meaning: 'of the image', example: 'linux/amd64', otherwise: "the engine's own" },
    pull: { meaning: 'when the image is fetched', example: 'always', default: 'missing' },
    name: { meaning: 'of the container', example: 'shop-db', otherwise: 'the names of the project and the service' },
  },
  compose: {
    file: {
      meaning: 'the Compose file, or several that are read as one',
      example: 'compose.dev.yaml',
      otherwise: 'what Compose itself finds, as `compose.yaml` and `compose.override.yaml`',
    },
    service: { meaning: 'the service in the file', example: 'redis', otherwise: 'of the same name' },
    profiles: {
      meaning: 'profiles of the file that are switched on',
      example: '[dev]',
      default: '[]',
    },
  },
  port: {
    default: { meaning: 'the port that is tried first', example: '${PORT:-8000}', otherwise: 'needed' },
    range: {
      meaning: 'where another port is looked for',
      example: '9000-9099',
      otherwise: 'the port and the 99 above it',
    },
    host: { meaning: 'the host in its URL, and the one that probes ask', example: '127.0.0.1', default: 'localhost' },
    env: { meaning: 'the variable that carries the port', example: 'HTTP_PORT', default: 'PORT' },
  },
  namedPort: {
    default: { meaning: 'the port that is tried first', example: '8025', otherwise: 'needed' },
    range: {
      meaning: 'where another port is looked for',
      example: '8025-8099',
      otherwise: 'the port and the 99 above it',
    },
    container_port: {
      meaning: 'the port inside the container, which is published as this one',
      example: '80',
      otherwise: 'the same number',
    },
  },
  probe: {
    http: { meaning: 'passes when the answer is 2xx or 3xx', example: '/health' },
    tcp: {
      meaning: 'passes when its port, or this address, takes connections',
      example: 'true',
    },
    command: { meaning: 'passes when the command ends with 0', example: 'redis-cli -p $PORT ping' },
    log: {
      meaning: 'passes when a line of output matches; says nothing later on; see [Patterns](#patterns)',
      example: 'ready in \\d+ ms',
    },
    interval: {
      meaning: 'the time between two probes; while starting it is 250 ms',
      example: '2s',
      default: '5s',
    },
    timeout: { meaning: 'how long one may take', example: '1s', default: '5s' },
    retries: { meaning: 'failures in a row that make it unhealthy', example: '5', default: '3' },
    start_period: { meaning: 'how long failures are expected after a start', example: '2m', default: '30s' },
    slow: {
      meaning: 'a good answer that takes longer is marked as slow, and counts as good all the same',
      example: '100ms',
      otherwise: 'none is',
    },
    restart: {
      meaning: 'whether a ready service that turns unhealthy is stopped; then its restart policy applies',
      example: 'true',
      default: 'false',
    },
  },
  hook: {
    command: {
      meaning: 'what runs, with the folder, environment and references of the service',
      example: 'alembic upgrade head',
      otherwise: 'needed',
    },
    retries: { meaning: 'how often it is tried again when it fails', example: '3', default: '0' },
    delay: { meaning: 'the pause before it is tried again', example: '5s', default: '1s' },
    timeout: { meaning: 'how long it may take', example: '1m', otherwise: 'no limit' },
  },
  dependency: {
    condition: {
      meaning: '`started` is a process that runs, `completed` an end with success',
      example: 'completed',
      default: 'ready',
    },
    restart: { meaning: 'whether every new run of the dependency restarts it', example: 'true', default: 'false' },
  },
  restart: {
    policy: { meaning: 'when it is started again', example: 'always', default: 'on-failure' },
    max: { meaning: 'restarts in a row before it rests', example: '3', default: '10' },
    backoff: { meaning: 'the first pause; each is twice as long as the one before', example: '500ms', default: '1s' },
    max_backoff: { meaning: 'the longest pause', example: '10s', default: '30s' },
    reset_after: { meaning: 'a run of this length starts the count over', example: '5m', default: '60s' },
    cool_down: { meaning: 'how long it rests before the last try', example: '1m', default: '30s' },
  },
  stop: {
    signal: {
      meaning: 'the signal that asks it to end; an image may want another one, which holds for a container',
      example: 'SIGINT',
      default: 'SIGTERM',
    },
    grace: { meaning: 'how long it may take before SIGKILL', example: '3s', default: '10s' },
    command: {
      meaning: 'runs in place of the signal; processes that remain still get the signal',
      example: 'docker stop my-db',
      otherwise: 'the signal',
    },
  },
  log: {
    max_size: { meaning: 'when a file is full, the next one begins', example: '50MiB', default: '10MiB' },
    keep: { meaning: 'how many files are kept, the current one counted', example: '2', default: '5' },
  },
  alerts: {
    cpu: { meaning: 'CPU of one core', example: '90%', otherwise: 'never' },
    memory: { meaning: 'memory of its whole tree', example: '1GiB', otherwise: 'never' },
    memory_growth: { meaning: 'how fast its memory grows, once that is sure', example: '50MiB/h', otherwise: 'never' },
    errors_per_minute: { meaning: 'lines of level error or worse in a minute', example: '20', otherwise: 'never' },
    error_rate: { meaning: 'errors among its lines, in the last five minutes', example: '5%', otherwise: 'never' },
    restarts: { meaning: 'restarts in a row that nobody asked for', example: '3', otherwise: 'never' },
    latency: { meaning: 'its last 20 health checks, the slowest one left out', example: '500ms', otherwise: 'never' },
    ready_within: { meaning: 'how long a start may take', example: '30s', otherwise: 'never' },
    unhealthy_for: { meaning: 'how long it may be unhealthy', example: '1m', otherwise: 'never' },
  },
  alert: {
    above: { meaning: 'the limit, as the rule takes it alone', example: '95%', otherwise: 'there is no alert' },
    for: {
      meaning: 'how long the value must stay above, and then below, before anything is said',
      example: '2m',
      otherwise: '30s; at once for `restarts`, `ready_within` and `unhealthy_for`',
    },
    severity: { meaning: 'how bad it is', example: 'critical', default: 'warning' },
  },
  check: {
    command: {
      meaning: 'passes with exit code 0; runs in the root folder',
      example: '[node, --version]',
      otherwise: 'needed',
    },
    expect: {
      meaning: 'a regular expression that its output must match as well; see [Patterns](#patterns)',
      example: '^v2[2-9]',
      otherwise: 'any output',
    },
    required: {
      meaning: 'whether nothing starts when it fails',
      example: 'true',
      default: 'false',
    },
    when: {
      meaning: '`running` asks the services that run: only by `./dev check --running` and `./dev smoke`',
      example: 'running',
      default: 'start',
    },
    hint: { meaning: 'what to do when it fails', example: 'install Node 24', otherwise: 'no hint' },
    timeout: {
      meaning: 'how long it may take; one with at most 5s also runs beside every start',
      example: '5s',
      default: '10s',
    },
  },
  metrics: {
    port: {
      meaning: 'the TCP port of `/metrics`, `/livez`, `/readyz` and `/healthz`',
      example: '9464',
      otherwise: 'nothing is served',
    },
    host: { meaning: 'the address it listens on', example: '"::1"', default: '127.0.0.1' },
  },
  agents: {
    stop: {
      meaning: 'stopping a service; ending the whole session needs `yes` or `ask`',
      example: 'ask',
      default: 'own',
    },
    kill: {
      meaning: "stopping, or using in a service's place, what belongs to somebody else",
      example: 'no',
      default: 'ask',
    },
    reroute: {
      meaning: 'moving a service of this session to another port; all of them are `own`',
      example: 'ask',
      default: 'own',
    },
    run: {
      meaning: 'running a command in the environment of a service, and typing into it',
      example: 'yes',
      default: 'ask',
    },
    edit_config: { meaning: 'applying an edited config to the running session', example: 'ask', default: 'no' },
  },
};
