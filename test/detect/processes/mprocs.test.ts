import { expect, it } from 'vitest';
import { ofFile, proposed } from '../proposed.ts';

const of = (text: string) => ofFile('mprocs.yaml', `procs:\n${text.replaceAll(/^/gm, '  ')}`);

it.each([
  ['../side', '/side'],
  ['.hid', '/shop/.hid'],
  ['<CONFIG_DIR>/web', '/shop/web'],
  ['/', '/'],
])('a folder %s stays what it is', (written, cwd) => {
  expect(of(`a: {shell: x, cwd: "${written}"}`).service('a').cwd).toBe(cwd);
});

it('every way to stop is carried over or reported', () => {
  const { service, leftOut } = of(
    'a: {shell: x, stop: hard-kill}\nb: {shell: x, stop: SIGINT}\nc: {shell: x, stop: {cmd: [podman, down, "a b"]}}\nd: {shell: x, stop: {send-keys: [q]}}',
  );
  expect(service('a').stop.signal).toBe('SIGKILL');
  expect(service('b').stop.signal).toBe('SIGINT');
  expect(service('c').stop.command).toEqual({ kind: 'shell', line: "podman down 'a b'" });
  expect(leftOut('d')).toEqual(['stop: {send-keys: [q]} (devdeck types no keys: it sends SIGTERM)']);
});

it('env is not expanded, null removes a variable, add_path is appended to PATH', () => {
  const { service, command } = of(
    'a: {shell: "run $X", env: {A: "${B}", NAME: null, OTHER: null}, add_path: [node_modules/.bin]}\nb: {cmd: [run, it], env: {NAME: null}}',
  );
  expect(service('a').env).toEqual({ A: '\\${B}', PATH: '${PATH}:node_modules/.bin' });
  expect(command('a')).toBe('unset NAME OTHER; run $X');
  expect(command('b')).toBe('env -u NAME run it');
});

it('values by system are chosen everywhere', () => {
  const { service, command } = of(
    'a: {shell: {$select: os, windows: dir, $else: ls}, env: {A: {$select: os, windows: w, $else: u}}}\nb: {$select: os, windows: dir, $else: {shell: pwd}}',
  );
  expect(command('a')).toBe('ls');
  expect(service('a').env).toEqual({ A: 'u' });
  expect(command('b')).toBe('pwd');
});

it('a port is found in the words, the line or the environment', () => {
  const { service, command } = of(
    'a: {cmd: [vite, --port, "3100"]}\nb: {shell: x, env: {PORT: "3200"}}\nc: [node, server.js]\nd: {shell: "cd web && uvicorn app:app"}',
  );
  expect(service('a').port?.wanted).toBe(3100);
  expect(command('a')).toBe('vite --port $PORT');
  expect(service('b')).toMatchObject({ port: { wanted: 3200 }, env: {} });
  expect(service('c').port).toBeUndefined();
  expect(service('d').port?.wanted).toBe(8000);
  expect(command('d')).toBe('cd web && uvicorn app:app --port $PORT');
});

it('PORT of the environment is used only by programs that read it', () => {
  const { service } = of('a: {shell: next dev, env: {PORT: "3100"}}\nb: {shell: vite, env: {PORT: "3200"}}');
  expect(service('a').port?.wanted).toBe(3100);
  expect(service('b').port?.wanted).toBe(5173);
});

it('keys of the program and of a process without an equivalent are reported', () => {
  const { fileLeftOut, leftOut } = ofFile(
    'mprocs.yaml',
    'proc_list_width: 30\nkeymap_procs: {<C-q>: {c: quit}}\nprocs: {a: {shell: x, log: a.log}, b: {env: {}}}',
  );
  expect(fileLeftOut).toEqual([
    'procs.b (it has no command)',
    'proc_list_width: 30',
    'keymap_procs: {<C-q>: {c: quit}}',
  ]);
  expect(leftOut('a')).toEqual(['log: a.log']);
});

it('invalid YAML is named with its error, and hides nothing', () => {
  const { notes, command } = proposed({
    'mprocs.yaml': 'procs:\n  a:\n\tshell: x\n',
    'Procfile.dev': '# nothing yet\n',
    'package.json': '{"scripts":{"dev":"vite"}}',
  });
  expect(command('frontend')).toContain('npm run dev');
  expect(notes).toEqual([
    'Procfile.dev was not used: no process is in it.',
    'mprocs.yaml was not used: Tabs are not allowed as indentation at line 3.',
  ]);
});
