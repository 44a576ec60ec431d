import { expect, it } from 'vitest';
import { ofFile, proposed } from './proposed.ts';

it('a proposed config names the source of each service, and what is missing', () => {
  const { text } = ofFile(
    'process-compose.yaml',
    'log_level: debug\nprocesses:\n  db: {command: redis-server, namespace: data}\n  api: {description: The API, command: run, depends_on: {db: {condition: process_healthy}}}\n',
  );
  expect(text).toBe(`# The development environment of this project. ./dev starts it, ./dev help tells
# the rest. devdeck init wrote this from what it found: change it as you like.
# ./dev check says whether it fits this machine.
# Not carried over: log_level: debug

services:
  # db of process-compose.yaml
  # Not carried over: namespace: data
  db:
    command: redis-server --port $PORT
    port: 6379
    restart: no

  # The API
  api:
    command: run
    restart: no
    depends_on: [db]

# A service can also have:
#   before: [npm run migrate]      run to completion before every start
#   env_file: [.env.development]   read again at every start
#   restart: always                no | on-failure | always; on-failure unless said
#   autostart: false               only when it is named: ./dev NAME
`);
});

it('an empty folder gets a runnable example', () => {
  const { text, names } = proposed({});
  expect(text).toContain('devdeck init recognised nothing here, so this is an example');
  expect(names).toEqual(['web']);
});

it('a comment from a source stays on its line', () => {
  const { text } = ofFile(
    'process-compose.yaml',
    'processes: {a: {command: x, namespace: "b\\n  evil:\\n    command: y"}}',
  );
  expect(text).toContain('  # Not carried over: namespace: b evil: command: y\n  a:\n');
});
