import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { parseArgs } from '../../../src/cli/arguments/args.ts';
import { COMMANDS } from '../../../src/cli/arguments/commands-table.ts';
import { plainRequest } from '../../../src/cli/arguments/request.ts';
import { DevError } from '../../../src/errors.ts';

function parse(line: string) {
  return parseArgs(line.split(' ').filter((word) => word !== ''));
}

function usageError(line: string): DevError {
  try {
    parse(line);
  } catch (error) {
    if (error instanceof DevError) return error;
    throw error;
  }
  throw new Error(`"${line}" was accepted`);
}

describe('the command', () => {
  it('is up when none is given', () => {
    expect(parse('')).toMatchObject({ command: 'up', isExplicit: false, names: [] });
  });

  it('is up when the first word is not a command', () => {
    expect(parse('backend db')).toMatchObject({ command: 'up', isExplicit: false, names: ['backend', 'db'] });
    expect(parse('up backend')).toMatchObject({ command: 'up', isExplicit: true, names: ['backend'] });
  });

  it('has the options of up when it is omitted', () => {
    expect(parse('--stream backend').options).toMatchObject({ stream: true });
    expect(parse('-d').options).toMatchObject({ detach: true });
  });

  it.each([
    ['ps', 'status'],
    ['down', 'stop'],
  ])('%s is another word for %s', (alias, command) => expect(parse(alias).command).toBe(command));

  it('treats a command name after -- as a service', () => {
    expect(parse('up -- status')).toMatchObject({ command: 'up', names: ['status'] });
  });
});

describe('options', () => {
  it('are found before and after the command', () => {
    const globals = { projectDir: 'shop', isQuiet: true, mayColor: false };
    expect(parse('-C shop -q --no-color status').globals).toMatchObject(globals);
    expect(parse('status --no-color -C shop -q').globals).toMatchObject(globals);
  });

  it('are not set by default', () => {
    expect(parse('stop').options).toEqual({});
    expect(parse('up').options).toEqual({ dependencies: true });
  });

  it.each([
    ['30s', 30_000],
    ['500ms', 500],
    ['1.5m', 90_000],
    ['2', 2_000],
    ['1h', 3_600_000],
  ])('read %s as %i ms', (text, timeoutMs) => expect(parse(`wait --timeout ${text}`).options).toEqual({ timeoutMs }));

  it('collect a port for each service', () => {
    expect(parse('up --port a=9000 --port b=9001').options.ports).toEqual({ a: 9000, b: 9001 });
  });

  it('know --kill-existing as --on-conflict kill', () => {
    expect(parse('up --kill-existing').options.onConflict).toBe('kill');
    expect(parse('up --kill-existing --on-conflict kill').options.onConflict).toBe('kill');
  });

  it('distinguish --wait, --no-wait and neither', () => {
    expect(parse('stop --wait').options.wait).toBe(true);
    expect(parse('stop --no-wait').options.wait).toBe(false);
    expect(parse('stop').options.wait).toBeUndefined();
  });

  it('accept the forms of --since', () => {
    expect(parse('logs --since 5m').options.since).toEqual({ agoMs: 300_000 });
    expect(parse('logs --since 2026-01-31T12:00:00Z').options.since).toEqual({ atMs: Date.UTC(2026, 0, 31, 12) });
  });

  it('read how many lines', () => {
    expect(parse('logs -n 20').options.lines).toBe(20);
    expect(parse('logs -n all').options.lines).toBe(Infinity);
  });
});

describe('what is not understood', () => {
  it.each([
    ['status --jsn', "Unknown option '--jsn'.", 'did you mean --json?'],
    ['up --timeout soon', '--timeout does not take "soon".', 'write a duration such as 30s, 2m or 500ms, at most 24h'],
    ['up --timeout 0', '--timeout does not take "0".', /duration/],
    ['up --timeout', "Option '--timeout <duration>' argument missing.", /help/],
    ['up --on-conflict maybe', '--on-conflict does not take "maybe".', 'write one of ask, kill, reroute, reuse, fail'],
    ['up --port 9000', '--port does not take "9000".', /backend=9000/],
    ['up --port a=70000', '--port does not take "a=70000".', /65535/],
    ['logs -n -3', '--lines does not take "-3".', 'write a number of lines, or "all"'],
    ['logs --since yesterday', '--since does not take "yesterday".', /5m/],
    ['kill', "Missing required argument 'target'.", /help/],
    ['attach backend frontend', /Too many arguments/, /help/],
    ['up --kill-existing --on-conflict fail', /--kill-existing/, 'leave one of them out'],
  ])('"%s" ends in a usage error that helps', (line, message, hint) => {
    const error = usageError(line);
    expect(error.exitCode).toBe(2);
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
  });
});

describe('help and version', () => {
  it.each(['--help', '-h'])('%s goes to the help', (flag) => {
    expect(parse(flag)).toMatchObject({ command: 'help', names: [] });
    expect(parse(`status ${flag}`)).toMatchObject({ command: 'help', names: ['status'] });
    expect(parse(`${flag} kill`)).toMatchObject({ command: 'help', names: ['kill'] });
  });

  it('help is printed even when the rest is wrong', () => {
    expect(parse('status --jsn --help')).toMatchObject({ command: 'help', names: ['status'] });
  });

  it.each(['--version', '-V'])('%s asks for the version', (flag) => {
    expect(parse(flag)).toMatchObject({ command: 'help', names: ['version'] });
  });
});

describe('a command line without option values', () => {
  const flags = ['--no-color', '-q', '--quiet', '-v', '--verbose', '--json'];
  const words = [...COMMANDS.map(({ name }) => name), 'ps', 'down', 'backend', 'web', 'a b', '3000', '', ...flags];

  it('means the same with and without the parser', () => {
    let plain = 0;
    const line = fc.array(fc.constantFrom(...words), { maxLength: 4 });
    fc.assert(
      fc.property(line, (argv) => {
        const request = plainRequest(argv);
        if (request === undefined) return;
        plain += 1;
        const { options, ...parsed } = parseArgs(argv);
        expect({ ...request, options: { dependencies: true, ...request.options } }).toEqual({
          ...parsed,
          options: { dependencies: true, ...options },
        });
      }),
      { numRuns: 500 },
    );
    expect(plain).toBeGreaterThan(50);
  });

  it.each(['--json', 'status --watch', 'status -qv', 'ports 3000', 'kill web', 'config x', 'up -- status', '-'])(
    'is not what "%s" is',
    (line) => expect(plainRequest(line.split(' '))).toBeUndefined(),
  );

  it.each(['', 'status', 'ps --json', '-q status web --no-color', 'backend', 'stop web db', 'logs web'])(
    'is "%s"',
    (line) => expect(plainRequest(line.split(' ').filter((word) => word !== ''))).toBeDefined(),
  );
});
