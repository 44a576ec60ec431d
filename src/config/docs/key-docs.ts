// The meaning of each key of a config: the one source of docs/config.md, of the descriptions in the JSON Schema, and
// of the defaults that `config explain` names. The schema says which values a key takes.
// The tests parse every example, and compare every default with the value that holds when the key is left out.

import type { KEY_GROUPS } from '../rules/schema.ts';

export interface KeyDoc {
  readonly meaning: string;
  /** A value, as YAML on one line. */
  readonly example: string;
  /** As YAML. Writing it into a config changes nothing. */
  readonly default?: string;
  /** What holds without the key, where no value can express it. */
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
      meaning: 'the services, in the order of the screen',
      example: '{web: {command: npm run dev}}',
      otherwise: 'at least one is needed',
    },
    defaults: {
      meaning: 'keys of a service that hold for all services',
      example: '{restart: always, stop: {grace: 5s}}',
    },
    profiles: { meaning: 'sets of services to start: `./dev up --profile minimal`', example: '{minimal: [web]}' },
    checks: {
      meaning: 'commands that must succeed on every machine, each under its name; see [Checks](#checks)',
      example: '{node: {command: [node, --version], expect: "^v2[2-9]"}}',
    },
    on_alert: {
      meaning: 'a command that runs whenever an alert is raised or cleared; see [Alerts](#alerts)',
      example: 'notify-send "$DEV_ALERT_SERVICE" "$DEV_ALERT_MESSAGE"',
      otherwise: 'nothing runs',
    },
    metrics: {
      meaning: 'serves metrics for Prometheus; see [Metrics](#metrics)',
      example: '{port: 9464}',
      otherwise: 'nothing is served',
    },
    on_hangup: {
      meaning: 'what happens when the last screen closes without `q` or `d`',
      example: 'keep',
      default: 'stop',
    },
    reload: {
      meaning:
        'whether an edit of the config is applied at once, or waits for `./dev reload`; one of `agents`, `actions`, `secrets` or `reload` always waits',
      example: 'auto',
      default: 'ask',
    },
    secrets: {
      meaning: 'variables to mask in all texts of devdeck, besides the ones whose names look secret',
      example: '[LICENCE]',
      default: '[]',
    },
    main: {
      meaning: 'the service that `./dev url` and `./dev test` use when none is named',
      example: 'web',
      otherwise: 'the one service with a port that no other service needs',
    },
    agents: {
      meaning: 'what coding agents may do without a person; see [Agents](#agents)',
      example: '{stop: ask, kill: no}',
    },
    actions: {
      meaning: 'named commands with checked parameters; see [Actions](#actions)',
      example: '{seed: {command: npm run seed, service: web}}',
      otherwise: 'none',
    },
  },
  service: {
    command: {
      meaning: 'the program: a text runs in `sh -c`, a list runs without a shell',
      example: 'uvicorn app.main:app --reload --port $PORT',
      otherwise: 'needed, unless it has `container` or `compose`',
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
      meaning: 'the services that must be ready first; see [Dependencies](#dependencies)',
      example: '[db]',
      default: '[]',
    },
    before: {
      meaning:
        'commands that run to completion before every start; see [Commands around a start](#commands-around-a-start)',
      example: '[alembic upgrade head]',
      default: '[]',
    },
    after: { meaning: 'commands that run once the service is ready', example: '[npm run seed]', default: '[]' },
    health: {
      meaning: 'makes the service ready, and watches it afterwards; see [Readiness and health](#readiness-and-health)',
      example: '/health',
      otherwise: 'it listens on its port, or has run for 1s',
    },
    ready: {
      meaning: 'makes the service ready; does not probe afterwards',
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
        'what happens when its port is taken, or a list to try in turn, such as `[kill, reroute]`; without a terminal `ask` means `fail`, but leftovers of the project are killed',
      example: 'reroute',
      default: 'ask',
    },
    tty: {
      meaning: 'whether it has a terminal of its own, or plain pipes; a container has pipes unless this is `true`',
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
        'globs from the root of the project; a changed file restarts the service; see [Watched files](#watched-files)',
      example: '[backend/**/*.toml]',
      default: '[]',
    },
    autostart: { meaning: 'whether it starts without being named', example: 'false', default: 'true' },
    replicas: {
      meaning: 'how many copies run, each with its own port; see [Copies](#copies)',
      example: '3',
      default: '1',
    },
  },
  container: {
    image: { meaning: 'the name of the image, as for `docker run`', example: 'postgres:18', otherwise: 'needed' },
    args: {
      meaning: 'words after the image; references are filled in',
      example: '["-c", "fsync=off"]',
      otherwise: 'the command of the image',
    },
    volumes: {
      meaning: 'a volume of this project by its name, or a folder by its path, and where it appears inside',
      example: '["data:/var/lib/data", "./seed:/seed:ro"]',
      default: '[]',
    },
    user: { meaning: 'the user of its first process', example: '"1000:1000"', otherwise: 'as the image says' },
    platform: { meaning: 'the platform of the image', example: 'linux/amd64', otherwise: "the engine's own" },
    pull: { meaning: 'when the image is fetched', example: 'always', default: 'missing' },
    name: { meaning: 'the name of the container', example: 'shop-db', otherwise: 'made of project and service' },
  },
  compose: {
    file: {
      meaning: 'the Compose file, or several to merge',
      example: 'compose.dev.yaml',
      otherwise: 'the files that Compose finds, as `compose.yaml` and `compose.override.yaml`',
    },
    service: { meaning: 'the service in the file', example: 'redis', otherwise: 'the one of the same name' },
    profiles: {
      meaning: 'the active profiles of the file',
      example: '[dev]',
      default: '[]',
    },
  },
  port: {
    default: { meaning: 'the port to try first', example: '${PORT:-8000}', otherwise: 'needed' },
    range: {
      meaning: 'the ports to try when it is taken',
      example: '9000-9099',
      otherwise: 'the port and the 99 above it',
    },
    host: { meaning: 'the host in its URL and of its probes', example: '127.0.0.1', default: 'localhost' },
    env: { meaning: 'the variable that holds the port', example: 'HTTP_PORT', default: 'PORT' },
  },
  namedPort: {
    default: { meaning: 'the port to try first', example: '8025', otherwise: 'needed' },
    range: {
      meaning: 'the ports to try when it is taken',
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
      meaning: 'passes when its port, or this address, accepts connections',
      example: 'true',
    },
    command: { meaning: 'passes when the command ends with 0', example: 'redis-cli -p $PORT ping' },
    log: {
      meaning: 'passes when a line of output matches; does not probe later; see [Patterns](#patterns)',
      example: 'ready in \\d+ ms',
    },
    interval: {
      meaning: 'the time between two probes; while starting it is 250 ms',
      example: '2s',
      default: '5s',
    },
    timeout: { meaning: 'how long one probe may take', example: '1s', default: '5s' },
    retries: { meaning: 'failures in a row that make it unhealthy', example: '5', default: '3' },
    start_period: { meaning: 'how long failures are expected after a start', example: '2m', default: '30s' },
    slow: {
      meaning: 'marks an answer that takes longer as slow; it still passes',
      example: '100ms',
      otherwise: 'no answer is slow',
    },
    restart: {
      meaning: 'whether a ready service that turns unhealthy is stopped; then its restart policy applies',
      example: 'true',
      default: 'false',
    },
  },
  hook: {
    command: {
      meaning: 'runs in the folder and environment of the service; references are filled in',
      example: 'alembic upgrade head',
      otherwise: 'needed',
    },
    retries: { meaning: 'further tries when it fails', example: '3', default: '0' },
    delay: { meaning: 'the pause before each further try', example: '5s', default: '1s' },
    timeout: { meaning: 'how long it may take', example: '1m', otherwise: 'no limit' },
  },
  dependency: {
    condition: {
      meaning: '`started`: its process runs; `completed`: it ended with success',
      example: 'completed',
      default: 'ready',
    },
    restart: { meaning: 'whether every new run of the dependency restarts it', example: 'true', default: 'false' },
  },
  restart: {
    policy: { meaning: 'which ends lead to a restart', example: 'always', default: 'on-failure' },
    max: { meaning: 'restarts in a row before the cool-down', example: '3', default: '10' },
    backoff: { meaning: 'the first pause; each is twice as long as the one before', example: '500ms', default: '1s' },
    max_backoff: { meaning: 'the longest pause', example: '10s', default: '30s' },
    reset_after: { meaning: 'a run of this length resets the count', example: '5m', default: '60s' },
    cool_down: { meaning: 'the rest before the last try', example: '1m', default: '30s' },
  },
  stop: {
    signal: {
      meaning: 'the signal that asks it to end; without it, a container gets the stop signal of its image',
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
    max_size: { meaning: 'the size at which a new file begins', example: '50MiB', default: '10MiB' },
    keep: { meaning: 'how many files to keep, with the current one', example: '2', default: '5' },
  },
  alerts: {
    cpu: { meaning: 'its CPU use, in percent of one core', example: '90%', otherwise: 'never' },
    memory: { meaning: 'the memory of its process tree', example: '1GiB', otherwise: 'never' },
    memory_growth: {
      meaning: 'how fast its memory grows, once the trend is clear',
      example: '50MiB/h',
      otherwise: 'never',
    },
    errors_per_minute: { meaning: 'lines of level error or worse in a minute', example: '20', otherwise: 'never' },
    error_rate: { meaning: 'errors among its lines, in the last five minutes', example: '5%', otherwise: 'never' },
    restarts: { meaning: 'restarts in a row that nobody asked for', example: '3', otherwise: 'never' },
    latency: {
      meaning: 'the time of its last 20 health checks, without the slowest',
      example: '500ms',
      otherwise: 'never',
    },
    ready_within: { meaning: 'how long a start may take', example: '30s', otherwise: 'never' },
    unhealthy_for: { meaning: 'how long it may be unhealthy', example: '1m', otherwise: 'never' },
  },
  alert: {
    above: { meaning: 'the limit, as in the short form', example: '95%', otherwise: 'no alert' },
    for: {
      meaning: 'how long the value must stay above before the alert is raised, and below before it is cleared',
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
      meaning: '`running` checks running services: only in `./dev check --running` and `./dev smoke`',
      example: 'running',
      default: 'start',
    },
    hint: { meaning: 'what to do when it fails', example: 'install Node 24', otherwise: 'no hint' },
    timeout: {
      meaning: 'how long it may take; with at most 5s it also runs beside every start',
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
      meaning: 'stopping a foreign process, or using it in place of a service',
      example: 'no',
      default: 'ask',
    },
    reroute: {
      meaning: 'moving a service to another port; every service of this session counts as `own`',
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
  action: {
    command: {
      meaning: 'the command; its parameters are in its environment',
      example: 'node seed.mjs',
      otherwise: 'needed',
    },
    service: {
      meaning: 'the service in whose folder and environment it runs',
      example: 'backend',
      otherwise: 'needed',
    },
    params: {
      meaning: 'its parameters: the command gets `rows` as the variable `ROWS`',
      example: '{rows: {type: number, min: 1, default: 100}}',
      default: '{}',
    },
    confirm: {
      meaning: 'a question that a person must answer with yes first',
      example: 'Replace all rows?',
      otherwise: 'it runs at once',
    },
    interactive: { meaning: 'whether it reads from the terminal', example: 'true', default: 'false' },
    actors: {
      meaning: 'the actors that may run it: `person`, `script`, `agent`',
      example: '[person]',
      default: '[person, script, agent]',
    },
  },
  actionParam: {
    type: { meaning: 'the kind of value', example: 'number', otherwise: 'needed' },
    min: { meaning: 'the smallest number', example: '1', otherwise: 'any' },
    max: { meaning: 'the largest number', example: '1000', otherwise: 'any' },
    choices: { meaning: 'the words of a `choice`', example: '[small, full]', otherwise: 'needed for a `choice`' },
    default: {
      meaning: 'its value when it is not given',
      example: '100',
      otherwise: 'required; a flag is not set',
    },
  },
};
