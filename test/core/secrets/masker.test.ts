import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { learnProject, Masker } from '../../../src/core/secrets/masker.ts';
import { serviceSpec } from '../../helpers/service-spec.ts';

function maskerOf(variables: Readonly<Record<string, string>>, listed: readonly string[] = []): Masker {
  const masker = new Masker();
  masker.expect(listed, ['shop', 'cache']);
  masker.learn(variables);
  return masker;
}

describe('a known secret', () => {
  it.each([
    'API_TOKEN',
    'apiToken',
    'CLIENT_SECRET',
    'MY_KEY',
    'PASSWORD',
    'SSH_PASSPHRASE',
    'DB_PASS',
    'MYSQL_PWD',
    'REDIS_AUTH',
    'SENTRY_DSN',
    'AWS_CREDENTIALS',
    'ERLANG_COOKIE',
  ])('is the value of %s', (name) => {
    expect(maskerOf({ [name]: 'q7-Hunter2' }).mask('no q7-Hunter2 here')).toBe('no ******** here');
  });

  it.each(['PWD', 'OLDPWD', 'SSH_AUTH_SOCK', 'GIT_ASKPASS', 'COMPASS', 'PATH'])('is not the value of %s', (name) => {
    expect(maskerOf({ [name]: '/q7/hunter2' }).mask('in /q7/hunter2')).toBe('in /q7/hunter2');
  });

  it('is any value that the config lists, also a small number', () => {
    const masker = maskerOf({ PIN: '4711', PORT: '4712' }, ['PIN']);
    expect(masker.mask('pin 4711, port 4712, 147110')).toBe('pin ********, port 4712, 147110');
  });

  it.each([
    ['a switch', '1'],
    ['a word of a switch', 'true'],
    ['a port', '8080'],
    ['the name of a service', 'cache'],
    ['the password that an image suggests', 'postgres'],
    ['a place on this machine', 'http://localhost:8080/'],
    ['the path of a file', '/home/ada/keys/dev.pem'],
  ])('is not %s', (_, value) => {
    const text = `1 true 8080 cache postgres http://localhost:8080/ /home/ada/keys/dev.pem`;
    expect(maskerOf({ APP_KEY: value }).mask(text)).toBe(text);
  });

  it('is masked only as a word when it has few letters', () => {
    expect(maskerOf({ APP_KEY: 'blue' }).mask('blue bluebell, "blue"')).toBe('******** bluebell, "********"');
  });

  it('hides all of a longer secret that begins with it', () => {
    const masker = maskerOf({ A_TOKEN: 'abc123', B_TOKEN: 'abc123def456', C_TOKEN: 'def456ghi789' });
    expect(masker.mask('abc123def456 abc123 abc123def456ghi789')).toBe('******** ******** ********');
  });

  it('is found in a text that was cut', () => {
    const masker = maskerOf({ A_TOKEN: 'abcdefghijklmnop' });
    expect(masker.mask('got abcdef…')).toBe('got ********…');
    expect(masker.mask('got abcdefghijkl')).toBe('got ********');
    expect(masker.mask('about abc')).toBe('about abc');
  });

  it('is found line by line, in JSON, and in a URL', () => {
    const masker = maskerOf({
      TLS_KEY: '-----BEGIN KEY-----\nMIIEowIBAAKC\nAQEA7bq0ghs\n-----END KEY-----',
      DB_PASSWORD: 'p"a/ss w:rd',
    });
    expect(masker.mask('line AQEA7bq0ghs')).toBe('line ********');
    expect(masker.mask(JSON.stringify({ said: 'p"a/ss w:rd' }))).toBe('{"said":"********"}');
    expect(masker.mask(`at ${encodeURIComponent('p"a/ss w:rd')}`)).toBe('at ********');
  });

  it('is also the password of a URL, anywhere else', () => {
    const masker = maskerOf({ DATABASE_URL: 'postgres://app:p@ss%2Fw/rd@db:5432/shop' });
    expect(masker.mask('login with p@ss%2Fw/rd and p@ss/w/rd')).toBe('login with ******** and ********');
  });

  it('stays known after later ones, and a name may be listed later', () => {
    const masker = maskerOf({ PLAIN: 'q7-first', A_TOKEN: 'q7-second' });
    masker.expect(['PLAIN'], []);
    masker.learn({ A_TOKEN: 'q7-third' });
    expect(masker.mask('q7-first q7-second q7-third')).toBe('******** ******** ********');
  });

  it('of a config is masked before the first start, and a reference is not', () => {
    const masker = new Masker();
    const env = { API_KEY: '${VAULT_KEY}', DB: 'postgres://ada:pa-of-ada@${db.address}/shop', TOKEN: 'tok-of-ada' };
    const services = [serviceSpec('api', { env })];
    const rest = { root: '/', configFile: '', onHangup: 'stop', reload: 'ask', profiles: {}, checks: [] } as const;
    learnProject(masker, { ...rest, name: 'shop', services, secrets: [] });
    expect(masker.mask('pa-of-ada tok-of-ada ${VAULT_KEY}')).toBe('******** ******** ${VAULT_KEY}');
  });
});

describe('what a text itself calls a secret', () => {
  const masker = new Masker();

  it.each([
    ['redis://:pw@host:1/0', 'redis://:********@host:1/0'],
    ['postgres://app:p@ss/w:r?d#@db:5432/shop', 'postgres://app:********@db:5432/shop'],
    ['nats://u:p1@h1:4222,u:p2@h2:4222', 'nats://u:********@h2:4222'],
    ['amqp://u:p1@h1,amqp://u:p2@h2', 'amqp://u:********@h2'],
    ['"redis://u:p@h" and x@y', '"redis://u:********@h" and x@y'],
    ['https://ghp_0123456789abcdef@github.com/x', 'https://********@github.com/x'],
    ['https://0123456789abcdef:x-oauth-basic@github.com', 'https://********:x-oauth-basic@github.com'],
    ['GET /x?token=abcd&y=1', 'GET /x?token=********&y=1'],
    ['?access_token=abcd', '?access_token=********'],
    ['Server=db;Password=p,1;User=ada', 'Server=db;Password=********;User=ada'],
    ['AccountKey=abc==;Suffix=x', 'AccountKey=********;Suffix=x'],
    ['serve --password=pw --port 1', 'serve --password=******** --port 1'],
    ["serve --password 'p w' --api-key xyz -v", "serve --password '********' --api-key ******** -v"],
    ['redis-server --requirepass foo', 'redis-server --requirepass ********'],
    ['DB_PASS=foo ./run', 'DB_PASS=******** ./run'],
    ['Authorization: Bearer abc.def', 'Authorization: Bearer ********'],
    ['Authorization: Basic dXNlcjpwdw==', 'Authorization: Basic ********'],
    ["curl -H 'X-Api-Key: abcd'", "curl -H 'X-Api-Key: ********'"],
    ['{"password": "p w", "a": 1}', '{"password": "********", "a": 1}'],
    ['password: 12345', 'password: ********'],
    ['   7 | API_KEY: abc # mine', '   7 | API_KEY: ******** # mine'],
  ])('%s', (text, masked) => {
    expect(masker.mask(text)).toBe(masked);
  });

  it.each([
    'http://localhost:5173/@vite/client',
    'https://packages.example.org/@scope/name',
    'ssh://git@github.com/x',
    'postgres://ada@db/shop',
    'redis://:${REDIS_PASSWORD}@db',
    'serve --password $DB_PASS --token-file /run/token',
    'vite --https --key certs/dev.pem',
    'Invalid token: expected a string',
    'max_tokens=100 pass=3 monkey=1',
    'password authentication failed for user "ada"',
    'restarts: its env API_KEY changed',
    'write command: vite --port $PORT --strictPort',
  ])('leaves %s as it is', (text) => {
    expect(masker.mask(text)).toBe(text);
  });
});

it('no value of a secret variable is left in a text, for any characters and neighbours', () => {
  const secret = fc
    .string({ minLength: 9, maxLength: 40, unit: 'binary-ascii' })
    .filter((text) => /^\S{9,}$/.test(text));
  fc.assert(
    fc.property(fc.array(secret, { minLength: 1, maxLength: 5 }), fc.array(fc.nat()), (secrets, picks) => {
      const masker = maskerOf(Object.fromEntries(secrets.map((value, index) => [`T${index}_TOKEN`, value])));
      const pieces = [...secrets, ...secrets.map((value) => value.slice(0, 9)), '://', ':', '@', '=', ' ', '"', 'x'];
      const text = picks.map((pick) => pieces[pick % pieces.length]).join('');
      const masked = masker.mask(text);
      // What stands left and right of a mask stood apart.
      for (const part of masked.split('********')) for (const value of secrets) expect(part).not.toContain(value);
    }),
  );
});

it('no password of a URL is left in a text, for any characters', () => {
  const password = fc
    .string({ minLength: 6, maxLength: 30, unit: 'grapheme-ascii' })
    .filter((text) => !/\s/.test(text));
  fc.assert(
    fc.property(password, fc.constantFrom('postgres', 'https', 'amqp+ssl'), (pw, scheme) => {
      fc.pre(!/^\d{1,5}[/?#]/.test(pw) && !pw.startsWith('$') && !pw.startsWith('<') && !/^[%*.{]/.test(pw));
      expect(new Masker().mask(`cannot open ${scheme}://ada:${pw}@db:1/x`)).not.toContain(`:${pw}@`);
    }),
  );
});

it('masking takes time that grows only with the text', () => {
  // In square time each of these would take minutes.
  const masker = new Masker();
  const tokens = Array.from({ length: 5_000 }, (_, index) => [`K_TOKEN_${index}`, `sk_live_${index * 7919}`]);
  masker.learn({ ...Object.fromEntries(tokens), BIG_KEY: `${'a'.repeat(100_000)}b` });
  const pieces = [
    'sk_live_',
    'a',
    'a=b ',
    'password=',
    '://',
    'a://b:',
    '--password ',
    'token="',
    'Bearer ',
    '"',
    '\\"',
  ];
  for (const piece of pieces) {
    const text = piece.repeat(Math.ceil(500_000 / piece.length));
    expect(masker.mask(text).length).toBeGreaterThan(0);
  }
});

it('masking keeps data that devdeck itself needs, and decides by names of variables', () => {
  const masker = maskerOf({ A_TOKEN: 'q7-secret' });
  expect(
    masker.maskDeep({
      name: 'q7-secret',
      why: 'no q7-secret',
      health: { components: [{ message: 'q7-secret' }] },
      env: { B_TOKEN: '1', PLAIN: 'shown' },
      count: 3,
      none: null,
    }),
  ).toEqual({
    name: 'q7-secret',
    why: 'no ********',
    health: { components: [{ message: '********' }] },
    env: { B_TOKEN: '********', PLAIN: 'shown' },
    count: 3,
    none: null,
  });
});
