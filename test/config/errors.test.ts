import { describe, expect, it } from 'vitest';
import { errorOf, folderWith, load } from './fixture.ts';
import { loadProject } from '../../src/config/load.ts';

/** `line:column message`, with the hint after an arrow. */
async function issuesOf(config: string, env: Readonly<Record<string, string>> = {}, local?: string): Promise<string[]> {
  const { issues } = await errorOf(load(config, env, local));
  return issues.map(({ line, column, message, hint }) => `${line}:${column} ${message}${hint ? ` → ${hint}` : ''}`);
}

/** A service named api with these lines. */
function api(...lines: string[]): string {
  return ['services:', '  api:', '    command: serve', ...lines.map((line) => `    ${line}`), ''].join('\n');
}

const name = 'service "api"';
const duration = 'a duration such as "5s", "250ms" or "1m30s",';
const notPort = 'a whole number from 1 to 65535, a text such as "${PORT:-8000}", or a map';

describe('a config that cannot be used says where and why:', () => {
  it.each<readonly [string, string, string]>([
    ['a misspelt key', api('prot: 1'), '4:5 unknown key "prot" in service "api" → did you mean "port"?'],
    [
      'a key in camel case',
      api('dependsOn: []'),
      `4:5 unknown key "dependsOn" in ${name} → did you mean "depends_on"?`,
    ],
    ['a key like no other', api('frobnicate: 1'), `4:5 unknown key "frobnicate" in ${name}`],
    [
      'a misspelt key in a probe',
      api('port: 1', 'health: {tcp: true, intervall: 1s}'),
      `5:25 unknown key "intervall" in health of ${name} → did you mean "interval"?`,
    ],
    ['a misspelt key at the top', `servces: {}\n${api()}`, '1:1 unknown key "servces" → did you mean "services"?'],
    [
      'a service key at the top',
      `command: x\n${api()}`,
      '1:1 unknown key "command" → "command" belongs under a service, or under "defaults:"',
    ],
    [
      'a misspelt key in defaults',
      `defaults:\n  rstart: no\n${api()}`,
      '2:3 unknown key "rstart" in defaults → did you mean "restart"?',
    ],
    ['a list as a config', '- a\n', '1:1 a config must be a map with "services", not a list'],
    ['plain text as a config', 'hello\n', '1:1 a config must be a map with "services", not "hello"'],
    [
      'a list of services',
      'services: [a]\n',
      '1:11 services must be a map of services, each under its name, not a list',
    ],
    [
      'a text as a service',
      'services: {api: serve}\n',
      '1:17 service "api" must be a map with at least a command or a container, not "serve"',
    ],
    [
      'an empty config',
      '',
      '1:1 .project.config is empty → name at least one: services: {web: {command: npm run dev}}',
    ],
    [
      'only comments',
      '# todo\n',
      '1:1 .project.config is empty → name at least one: services: {web: {command: npm run dev}}',
    ],
    [
      'no services',
      'name: x\nservices:\n',
      '2:1 there are no services → name at least one: services: {web: {command: npm run dev}}',
    ],
    ['no command', 'services:\n  api:\n    cwd: x\n', '2:3 service "api" has no command'],
    ['a command left empty', 'services:\n  api:\n    command:\n', '3:13 service "api" has no command'],
    [
      'a blank command',
      'services: {api: {command: "  "}}',
      `1:27 command of ${name} must be a command line, or a list of words such as [npm, run, dev], not "  "`,
    ],
    [
      'an empty list as command',
      'services: {api: {command: []}}',
      `1:27 command of ${name} must be a command line, or a list of words such as [npm, run, dev], not an empty list`,
    ],
    [
      'a list in a command',
      'services: {api: {command: [a, [b]]}}',
      `1:31 command[1] of ${name} must be a word, not a list`,
    ],
    ['port 0', api('port: 0'), `4:11 port of ${name} must be ${notPort}, not 0`],
    ['port 70000', api('port: 70000'), `4:11 port of ${name} must be ${notPort}, not 70000`],
    ['a fraction of a port', api('port: 3000.5'), `4:11 port of ${name} must be ${notPort}, not 3000.5`],
    ['a word as port', api('port: http'), `4:11 port of ${name} must be ${notPort}, not "http"`],
    [
      'a port out of range in a text',
      api('port: "70000"'),
      `4:11 port of ${name} must be a whole number from 1 to 65535, not "70000"`,
    ],
    [
      'a range upside down',
      api('port: {default: 80, range: 90-80}'),
      `4:32 port.range of ${name} must go from a lower to a higher port, both from 1 to 65535, not "90-80"`,
    ],
    [
      'a range past the last port',
      api('port: {default: 80, range: 80-70000}'),
      `4:32 port.range of ${name} must go from a lower to a higher port, both from 1 to 65535, not "80-70000"`,
    ],
    [
      'a range of one',
      api('port: {default: 80, range: 80}'),
      `4:32 port.range of ${name} must be two ports such as "8000-8099", not 80`,
    ],
    ['a port map without a port', api('port: {host: "::1"}'), `4:11 port of ${name} has no default`],
    [
      'a URL as host',
      api('port: {default: 80, host: "http://x"}'),
      `4:31 port.host of ${name} must be a host name or address, without scheme and port, not "http://x"`,
    ],
    [
      'a duration without unit',
      api('stop: {grace: 5}'),
      `4:19 stop.grace of ${name} must be ${duration} at most 24h, not 5 → did you mean "5s"?`,
    ],
    [
      'a duration of nothing',
      api('health: {command: x, interval: 0s}'),
      `4:36 health.interval of ${name} must be ${duration} above 0 and at most 24h, not "0s"`,
    ],
    [
      'a duration of days',
      api('stop: {grace: 25h}'),
      `4:19 stop.grace of ${name} must be ${duration} at most 24h, not "25h"`,
    ],
    [
      'a size without unit',
      api('log: {max_size: 10}'),
      `4:21 log.max_size of ${name} must be a size such as "10MiB", not 10`,
    ],
    [
      'no retries',
      api('health: {command: x, retries: 0}'),
      `4:35 health.retries of ${name} must be a whole number from 1 to 1000, not 0`,
    ],
    [
      'a bad number in a policy',
      api('restart: {max: -1}'),
      `4:20 restart.max of ${name} must be a whole number, 0 or more, not -1`,
    ],
    [
      'a misspelt policy in a map',
      api('restart: {policy: alway}'),
      `4:23 restart.policy of ${name} must be "no", "on-failure" or "always", not "alway" → did you mean "always"?`,
    ],
    [
      'a misspelt policy',
      api('restart: allways'),
      `4:14 restart of ${name} must be "no", "on-failure" or "always", or a map with policy, not "allways" → did you mean "always"?`,
    ],
    [
      'a boolean policy',
      api('restart: false'),
      `4:14 restart of ${name} must be "no", "on-failure" or "always", or a map with policy, not false → did you mean "no"?`,
    ],
    [
      'a misspelt answer',
      api('on_conflict: rerout'),
      `4:18 on_conflict of ${name} must be "ask", "kill", "reroute", "reuse" or "fail", or a list such as [kill, reroute], not "rerout" → did you mean "reroute"?`,
    ],
    [
      'a signal without SIG',
      api('stop: {signal: INT}'),
      `4:20 stop.signal of ${name} must be a signal: SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGKILL, SIGUSR1, SIGUSR2, SIGWINCH, not "INT" → did you mean "SIGINT"?`,
    ],
    ['yes for true', api('tty: yes'), `4:10 tty of ${name} must be true or false, not "yes" → did you mean true?`],
    [
      'one dependency without a list',
      api('depends_on: db'),
      `4:17 depends_on of ${name} must be a list such as [db], or a map such as {db: ready}, not "db" → did you mean [db]?`,
    ],
    [
      'a misspelt condition',
      `${api('depends_on: {db: healthy}')}  db: {command: x}\n`,
      `4:22 depends_on.db of ${name} must be "started", "ready" or "completed", or a map with condition and restart, not "healthy"`,
    ],
    ['env as a list', api('env: [A=1]'), `4:10 env of ${name} must be a map such as {NAME: value}, not a list`],
    [
      'a name with an equals sign',
      api('env: {"A=B": 1}'),
      `4:11 the name of env.A=B of ${name} must be text without spaces and "="`,
    ],
    [
      'a placeholder unknown to us',
      api('env: {A: "${B?}"}'),
      `4:14 "\${B?}" in env.A of ${name} is unknown → write \${VAR}, \${VAR:-default} or \${service.port}; a dollar sign that means itself is $$`,
    ],
    [
      'an unknown dependency',
      `${api('depends_on: [dbb]')}  db: {command: x}\n`,
      `4:18 ${name} depends on "dbb", and there is no such service → did you mean "db"?`,
    ],
    [
      'an unknown dependency in a map',
      `${api('depends_on: {dbb: ready}')}  db: {command: x}\n`,
      `4:18 ${name} depends on "dbb", and there is no such service → did you mean "db"?`,
    ],
    [
      'a service that depends on itself',
      api('depends_on: [api]'),
      '4:18 the dependencies go round in a circle: api → api → take one of them out',
    ],
    [
      'a circle',
      'services:\n  a: {command: x, depends_on: [b]}\n  b: {command: x, depends_on: [c]}\n  c: {command: x, depends_on: [b]}\n',
      '3:32 the dependencies go round in a circle: b → c → b → take one of them out',
    ],
    [
      'a reference to nobody',
      api('env: {U: "x ${apj.url}"}'),
      '4:17 ${apj.url}: there is no service "apj" → did you mean "api"?',
    ],
    [
      'a reference to nothing',
      api('port: 80', 'env: {U: "${api.uri}"}'),
      '5:15 ${api.uri}: "uri" is not a field that can be referred to → did you mean "url"?',
    ],
    [
      'a reference to no port',
      api('env: {U: "${api.url}"}'),
      '4:15 ${api.url}: service "api" has no port → give "api" a "port:"',
    ],
    [
      'a reference in a list command',
      'services: {api: {command: [a, "${b.port}"]}}',
      '1:32 ${b.port}: there is no service "b"',
    ],
    ['a reference in a probe', api('port: 80', 'health: "${b.url}/x"'), '5:14 ${b.url}: there is no service "b"'],
    [
      'one port for two',
      'services:\n  a: {command: x, port: 80}\n  b: {command: x, port: {default: 80}}\n',
      '3:35 port 80 of service "b" is also the port of "a" → give one of them another port; alternatives that never run together have autostart: false',
    ],
    [
      'one of several ports for two',
      'services:\n  a: {command: x, port: 80}\n  b:\n    command: x\n    ports: {web: 80}\n',
      '5:18 port 80 of service "b" is also the port of "a" → give one of them another port; alternatives that never run together have autostart: false',
    ],
    [
      'a port of several that is not there',
      'services:\n  a: {command: x, ports: {web: 80}}\n  b: {command: "x ${a.ports.web} ${a.ports.wob}"}\n',
      '3:34 ${a.ports.wob}: service "a" has no port "wob" → give "a" "ports: {wob: …}"',
    ],
    [
      'one variable for two',
      'services:\n  a-1: {command: x, port: 80}\n  a.1: {command: x, port: 81}\n',
      '3:3 services "a-1" and "a.1" would share the variable A_1_PORT → rename one',
    ],
    [
      'a probe by path without a port',
      api('health: /health'),
      `4:13 health of ${name} asks for "/health", and it has no port → set "port:"`,
    ],
    [
      'a probe of no port',
      api('ready: {tcp: true}'),
      `4:18 ready of ${name} tries its port, and it has none → set "port:", or name an address: {tcp: "localhost:5432"}`,
    ],
    [
      'a probe that checks nothing',
      api('health: {interval: 1s}'),
      `4:13 health of ${name} has no check → one of http, tcp, command and log`,
    ],
    [
      'a probe that checks two things',
      api('port: 80', 'health: {tcp: true, http: /}'),
      `5:13 health of ${name} has several checks: http and tcp → keep one`,
    ],
    [
      'a broken pattern',
      api('ready: {log: "("}'),
      `4:18 ready of ${name} has a pattern that cannot be used: it is not a regular expression: missing closing ) → put \\ before a character that stands for itself, as in foo\\(`,
    ],
    [
      'a pattern with look-ahead',
      api('health: {log: "ready(?! soon)"}'),
      `4:19 health of ${name} has a pattern that cannot be used: negative look-ahead, (?!, is not supported → leave lines out with a filter: f and !PATTERN on the screen, or logs … | grep -v PATTERN`,
    ],
    [
      'a check that expects a back-reference',
      `${api()}checks: {twins: {command: x, expect: '(\\d)\\1'}}\n`,
      '4:38 expect of check "twins" cannot be used: a back-reference, \\1, is not supported → write what may repeat in full: (?:aa|bb), not (a|b)\\1',
    ],
    [
      'a name that leaves the folder',
      'services: {../x: {command: x}}',
      '1:12 "../x" cannot be the name of a service → at most 64 letters, digits, ".", "_" and "-", the first a letter or digit',
    ],
    [
      'a name that is too long',
      `services: {${'a'.repeat(65)}: {command: x}}`,
      `1:12 "${'a'.repeat(60)}…" cannot be the name of a service → at most 64 letters, digits, ".", "_" and "-", the first a letter or digit`,
    ],
    [
      'a device as name',
      'services: {CON: {command: x}}',
      '1:12 "CON" cannot be the name of a service: it is a device on Windows',
    ],
    [
      'names that differ in case',
      'services: {api: {command: x}, API: {command: x}}',
      '1:31 the names "api" and "API" differ only in upper and lower case → rename one',
    ],
    [
      'a misspelt on_hangup',
      `${api()}on_hangup: stpo\n`,
      '4:12 on_hangup must be "stop" or "keep", not "stpo" → did you mean "stop"?',
    ],
    ['a tab', 'services:\n\tapi: {}\n', '2:1 YAML does not allow tabs for indentation → indent with spaces'],
    ['a key twice', 'services:\n  a: {command: x}\n  a: {command: y}\n', '3:3 the key "a" appears twice in one map'],
    ['a quote left open', 'services: {a: {command: "x}}\n', '1:29 missing closing "quote'],
    [
      'a colon in plain text',
      'services:\n  a:\n    command: a: b\n',
      '3:14 nested mappings are not allowed in compact mappings → if ": " is part of the text, put the text in quotes',
    ],
    [
      'a reference without quotes in braces',
      'services: {a: {command: ${a.port}}}\n',
      '1:26 inside { } and [ ] YAML takes the brace of "${" for a map → put the text in quotes',
    ],
    [
      'a text that begins with @',
      api('cwd: @x'),
      '4:10 plain value cannot start with reserved character @ → put the text in quotes',
    ],
    [
      'two documents',
      `${api()}---\nname: x\n`,
      '4:1 a second YAML document begins here; a config is one → remove the "---"',
    ],
    ['a tag', api('cwd: !!binary x'), '4:10 the YAML tag "!!binary" is not supported → remove it'],
    [
      'a merge key',
      'services: {a: {command: x}, b: {<<: 3}}\n',
      '1:37 "<<" takes the keys of another map, such as *base, or of a list of maps',
    ],
    ['an alias to nothing', 'services: {a: *b}\n', '1:15 no anchor &b precedes this alias'],
    ['an alias to itself', 'services: &a {a: *a}\n', '1:18 the values are nested too deeply'],
    ['a key that is a map', 'services: {{a: b}: c}\n', '1:12 a key must be text'],
    ['a prototype', 'services: {__proto__: {command: x}}\n', '1:12 the key "__proto__" is not allowed'],
    ['a NUL by escape', 'services: {a: {command: "a\\0"}}\n', '1:25 text must not hold a NUL character'],
  ])('%s', async (_, config, issue) => {
    expect(await issuesOf(config)).toEqual([issue]);
  });

  it('all at once, in the order of the file', async () => {
    const config = api('prot: 1', 'depends_on: [db]', 'tty: maybe', 'env: {A: "${b.port}"}') + 'on_hangup: x\n';
    expect(await issuesOf(config)).toEqual([
      `4:5 unknown key "prot" in ${name} → did you mean "port"?`,
      `5:18 ${name} depends on "db", and there is no such service`,
      `6:10 tty of ${name} must be true or false, not "maybe"`,
      '7:15 ${b.port}: there is no service "b"',
      '8:12 on_hangup must be "stop" or "keep", not "x"',
    ]);
  });

  it('without mistakes that only follow from another', async () => {
    expect(await issuesOf('services:\n  a:\n    comand: x\n    port: x\n    health: /\n')).toEqual([
      '3:5 unknown key "comand" in service "a" → did you mean "command"?',
      `4:11 port of service "a" must be ${notPort}, not "x"`,
    ]);
  });

  it('like a compiler message', async () => {
    const error = await errorOf(load(api('prot: 1')));
    expect(error.message).toBe(
      [
        '.project.config:4:5  unknown key "prot" in service "api"',
        '   4 |     prot: 1',
        '     |     ^ did you mean "port"?',
      ].join('\n'),
    );
    expect(error).toMatchObject({ code: 'config_invalid', exitCode: 3 });
    expect(error.issues[0]?.sourceLine).toBe('    prot: 1');
  });

  it('with the caret under wide characters and in long lines', async () => {
    const wide = await errorOf(load('services: {a: {command: 日本語, tty: x}}'));
    expect(
      wide.message
        .split('\n')
        .map((line) => line.indexOf('^'))
        .at(-1),
    ).toBe('     | '.length + 34 + 3);
    const long = await errorOf(load(`services: {a: {command: ${'x'.repeat(500)}, tty: maybe}}`));
    const [, line = '', caret = ''] = long.message.split('\n');
    expect(line.length).toBeLessThan(120);
    expect(line.slice(caret.indexOf('^'))).toMatch(/^maybe/);
  });

  it('without letting the config write to the terminal', async () => {
    const { message } = await errorOf(load('services: {a: {command: x, "\\e]0;owned\\a\u202E": "\u001B[2J"}}'));
    // oxlint-disable-next-line no-control-regex -- exactly these must not be there
    expect(message).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202E]/);
  });

  it('naming the local file when the mistake is there', async () => {
    const error = await errorOf(load(api('tty: x'), {}, 'services:\n  api: {prot: 1}\n  web: {depends_on: [ap]}\n'));
    expect(error.issues.map(({ file, line, column }) => `${file}:${line}:${column}`)).toEqual([
      '.project.config:4:10',
      '.project.config.local:2:9',
      '.project.config.local:3:3',
      '.project.config.local:3:22',
    ]);
  });

  it('naming the value that the environment gives to a port', async () => {
    const what = 'port of service "api" must be a whole number from 1 to 65535, not "${P}", which is';
    expect(await issuesOf(api('port: ${P}'), { P: 'x' })).toEqual([`4:11 ${what} "x" here`]);
    expect(await issuesOf(api('port: ${P}'))).toEqual([`4:11 ${what} "" here → give a default: "\${PORT:-8000}"`]);
  });

  it.each([
    ['DEV_GRACE', 'soon', 'a duration such as 5s or 250ms, at most 24h'],
    ['DEV_PROBE_TIMEOUT', '0s', 'a duration such as 5s or 250ms, above 0 and at most 24h'],
    ['KILL_EXISTING', 'maybe', 'true or false'],
  ])('naming %s of the environment when it makes no sense', async (variable, value, wanted) => {
    const { message } = await errorOf(load(api(), { [variable]: value }));
    expect(message).toBe(`The environment variable ${variable} is "${value}", and it must be ${wanted}.`);
  });

  it.each<readonly [string, string | Uint8Array, string]>([
    ['a NUL byte', 'services:\n  a\0b: x\n', '2:4 .project.config is not text: it holds a NUL byte'],
    ['bytes that are no UTF-8', Uint8Array.of(97, 58, 32, 0xff), '1:4 .project.config is not UTF-8 text'],
    ['UTF-16', Uint8Array.of(0xff, 0xfe, 97, 0), '1:1 .project.config is UTF-16 text'],
    ['more than a mebibyte', 'x'.repeat(1024 * 1024 + 1), '1:1 .project.config is larger than 1 MiB (1048577 bytes)'],
  ])('%s', async (_, content, issue) => {
    const { issues } = await errorOf(loadProject({ root: folderWith({ '.project.config': content }), env: {} }));
    expect(issues.map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual([issue]);
  });

  it('when a folder is in its place', async () => {
    const root = folderWith({ '.project.config/x': '' });
    const { issues } = await errorOf(loadProject({ root, env: {} }));
    expect(issues.map(({ message }) => message)).toEqual(['.project.config is not a regular file']);
  });
});
