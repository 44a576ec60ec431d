// Whatever the files of a project hold, what init writes for it is a config that devdeck can use.

import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseProject } from '../../src/config/parse.ts';
import { configText } from '../../src/detect/config-text.ts';
import { detect } from '../../src/detect/detect.ts';
import { importFile } from '../../src/detect/importers.ts';
import type { ProposedService } from '../../src/detect/facts/proposal.ts';
import { settle } from '../../src/detect/settle.ts';
import { folderOf, readTree, treeNames } from '../helpers/project-tree.ts';

function issuesOf(services: readonly ProposedService[]): readonly string[] {
  const text = configText(settle({ services, notes: [] }));
  const source = { file: '.project.config', text };
  const result = parseProject({
    root: '/shop',
    configFile: '/shop/.project.config',
    sources: [source],
    variable: () => undefined,
  });
  return 'issues' in result ? result.issues.map(({ message, sourceLine }) => `${message} in ${sourceLine}`) : [];
}

const word = fc.constantFrom(
  'web',
  'Web',
  'api',
  'a.b',
  'größe',
  'con',
  '-',
  '"',
  '#',
  '${x.url}',
  '${api.port}',
  '$PORT',
  '\\',
  '${',
  '${a-b}',
  "it's",
  ': ',
  '\n',
  '\t',
  '{',
  '}',
  '[',
  '*',
  '&',
  '!',
  '%',
  '@',
  '`',
  'no',
  '1e3',
  '~',
  '\u001b[31m',
);
const text = fc.oneof(
  fc.string(),
  fc.array(word, { maxLength: 6 }).map((words) => words.join(' ')),
  fc.array(word, { maxLength: 4 }).map((words) => words.join('')),
);
const name = fc.oneof(text, fc.constantFrom('web', 'api', 'WEB', 'a-b', 'a.b', 'a_b'));
const number = fc.oneof(fc.integer(), fc.double(), text, fc.constant(null));
const value = fc.oneof(
  text,
  number,
  fc.boolean(),
  fc.constant(null),
  fc.array(text, { maxLength: 3 }),
  fc.dictionary(text, text, { maxKeys: 2 }),
);
const map = (shape: Record<string, fc.Arbitrary<unknown>>) => fc.record(shape, { requiredKeys: [] });
const condition = map({
  condition: fc.constantFrom('process_started', 'process_healthy', 'process_completed', 'service_healthy', 'x'),
});

const proc = map({
  shell: text,
  cmd: fc.array(text, { maxLength: 3 }),
  cwd: text,
  env: fc.dictionary(text, value, { maxKeys: 3 }),
  stop: value,
  autostart: value,
  autorestart: value,
});
const process = map({
  command: text,
  description: text,
  working_dir: text,
  environment: fc.array(
    text.map((written) => `NAME=${written}`),
    { maxLength: 3 },
  ),
  depends_on: fc.dictionary(name, condition, { maxKeys: 3 }),
  readiness_probe: map({
    http_get: map({ host: text, scheme: text, path: text, port: number }),
    exec: map({ command: text }),
    period_seconds: number,
    timeout_seconds: number,
  }),
  ready_log_line: text,
  availability: map({ restart: value, max_restarts: number }),
  shutdown: map({ signal: number, timeout_seconds: number }),
});
const container = map({
  image: fc.constantFrom('postgres', 'redis', 'nginx', 'mongo:8'),
  ports: fc.array(fc.oneof(fc.constantFrom('5432:5432', '${X:-1}:2', '0:0'), text, map({ published: number })), {
    maxLength: 2,
  }),
  depends_on: fc.oneof(fc.array(name, { maxLength: 3 }), fc.dictionary(name, condition, { maxKeys: 3 })),
});
const several = <T>(one: fc.Arbitrary<T>) => fc.dictionary(name, one, { maxKeys: 5 });

const KINDS: readonly (readonly [file: string, content: fc.Arbitrary<string>])[] = [
  ['Procfile', fc.array(fc.tuple(name, text).map((pair) => pair.join(': '))).map((lines) => lines.join('\n'))],
  ['mprocs.yaml', several(fc.oneof(proc, text)).map((procs) => JSON.stringify({ procs }))],
  ['process-compose.yaml', several(process).map((processes) => JSON.stringify({ processes }))],
  ['compose.yaml', several(container).map((services) => JSON.stringify({ services }))],
];

it.each(KINDS)('from any %s', (file, content) => {
  fc.assert(
    fc.property(content, (written) => {
      expect(issuesOf(importFile(folderOf({ [file]: written }), file)?.services ?? [])).toEqual([]);
    }),
    { numRuns: 400 },
  );
});

it('from a probe with an impossible host', () => {
  const probe = { http_get: { host: '\nweb', port: '1' } };
  const written = JSON.stringify({ processes: { app: { command: 'run', readiness_probe: probe } } });
  expect(
    issuesOf(importFile(folderOf({ 'process-compose.yaml': written }), 'process-compose.yaml')?.services ?? []),
  ).toEqual([]);
});

it('from any two projects in one folder', () => {
  const tree = fc.constantFrom(...treeNames);
  fc.assert(
    fc.property(tree, tree, (first, second) => {
      const below = Object.entries(readTree(second)).map(([path, content]) => [`second part/${path}`, content]);
      const files = { ...readTree(first), ...(Object.fromEntries(below) as Record<string, string>) };
      expect(issuesOf(detect(folderOf(files)).services)).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
