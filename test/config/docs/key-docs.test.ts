// Everything that is written about keys is held to the parser: examples, defaults, the JSON Schema, and the docs.

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { configJsonSchema } from '../../../src/config/docs/json-schema.ts';
import { KEY_DOCS, type KeyDoc, type KeyGroup } from '../../../src/config/docs/key-docs.ts';
import { parseProject, type ParseResult } from '../../../src/config/parse.ts';

const ROOT = new URL('../../..', import.meta.url).pathname;

function parsed(text: string): ParseResult {
  const source = { file: '.project.config', text };
  return parseProject({
    root: '/shop',
    configFile: '/shop/.project.config',
    sources: [source],
    variable: () => undefined,
  });
}

const DB = 'db: {command: redis-server, port: 6379}';
const web = (more: string, port = '5173') => `services: {${DB}, web: {command: serve, port: ${port}, ${more}}}`;

/** A config in which the key of a group has this value; `rest` is what it cannot be without. */
const CONFIG_WITH: Readonly<Record<KeyGroup, (key: string, value: string) => string>> = {
  project: (key, value) =>
    key === 'services' ? `${key}: ${value}` : `services: {web: {command: serve}}\n${key}: ${value}`,
  service: (key, value) => {
    if (key === 'compose')
      return `services:\n  web:\n    ${value === 'null' ? 'command: serve' : `compose: ${value}`}\n`;
    if (key === 'container')
      return `services:\n  web:\n    ${value === 'null' ? 'command: serve' : `container: ${value}`}\n`;
    if (key === 'container_port')
      return `services:\n  web:\n    container: redis\n    port: 80\n    ${key}: ${value}\n`;
    return key === 'command' || key === 'port'
      ? `services:\n  ${DB}\n  web:\n    command: serve\n    ${key}: ${value}\n`.replace(
          / {4}command: serve\n {4}command/,
          '    command',
        )
      : `services:\n  ${DB}\n  web:\n    command: serve\n    port: 5173\n    ${key}: ${value}\n`;
  },
  compose: (key, value) => `services: {web: {compose: {${key}: ${value}}}}`,
  container: (key, value) =>
    `services: {web: {container: {${key === 'image' ? '' : 'image: redis, '}${key}: ${value}}}}`,
  port: (key, value) =>
    `services:\n  web:\n    command: serve\n    port:\n${key === 'default' ? '' : '      default: 8000\n'}      ${key}: ${value}\n`,
  namedPort: (key, value) =>
    `services:\n  web:\n    container: redis\n    ports:\n      web:\n${key === 'default' ? '' : '        default: 8000\n'}        ${key}: ${value}\n`,
  probe: (key, value) =>
    `services:\n  web:\n    command: serve\n    port: 5173\n    health:\n${isCheck(key) ? '' : '      http: /\n'}      ${key}: ${value}\n`,
  hook: (key, value) =>
    `services:\n  web:\n    command: serve\n    before:\n      - ${key}: ${value}\n${key === 'command' ? '' : '        command: build\n'}`,
  dependency: (key, value) =>
    `services:\n  ${DB}\n  web:\n    command: serve\n    depends_on: {db: {${key}: ${value}}}\n`,
  restart: (key, value) => web(`restart: {${key}: ${value}}`),
  stop: (key, value) => web(`stop: {${key}: ${value}}`),
  log: (key, value) => web(`log: {${key}: ${value}}`),
  alert: (key, value) => web(`alerts: {cpu: {${key === 'above' ? '' : 'above: 90%, '}${key}: ${value}}}`),
  alerts: (key, value) => web(`alerts: {${key}: ${value}}`),
  metrics: (key, value) =>
    `services: {web: {command: serve}}\nmetrics: {${key === 'port' ? '' : 'port: 9464, '}${key}: ${value}}`,
  agents: (key, value) => `services: {web: {command: serve}}\nagents: {${key}: ${value}}`,
  action: (key, value) => {
    const rest = ['command', 'service'].filter((name) => name !== key).map((name) => `${name}: backend, `);
    return `services: {backend: {command: serve}}\nactions: {seed: {${rest.join('')}${key}: ${value}}}`;
  },
  actionParam: (key, value) => {
    const type = key === 'choices' ? 'type: choice, ' : key === 'type' ? '' : 'type: number, ';
    return `services: {web: {command: serve}}\nactions: {seed: {command: x, service: web, params: {rows: {${type}${key}: ${value}}}}}`;
  },
  check: (key, value) =>
    `services: {web: {command: serve}}\nchecks:\n  node:\n${key === 'command' ? '' : '    command: node\n'}    ${key}: ${value}\n`,
};

function isCheck(key: string): boolean {
  return ['http', 'tcp', 'command', 'log'].includes(key);
}

const keys = Object.entries(KEY_DOCS).flatMap(([group, docs]) =>
  Object.entries(docs as Readonly<Record<string, KeyDoc>>).map(([key, doc]) => ({
    group: group as KeyGroup,
    key,
    doc,
  })),
);

describe('the reference of all keys', () => {
  it.each(keys)('has an example of $key in $group that differs from the default', ({ group, key, doc }) => {
    const config = CONFIG_WITH[group](key, doc.example);
    const result = parsed(config);
    expect(result, config).toHaveProperty('project');
    if (group === 'project' && key === 'services') return;
    expect(result).not.toEqual(parsed(CONFIG_WITH[group](key, 'null')));
  });

  it.each(keys.filter(({ doc }) => doc.default !== undefined))(
    'describes the default of $key in $group',
    ({ group, key, doc }) => {
      const without = parsed(CONFIG_WITH[group](key, 'null'));
      expect(parsed(CONFIG_WITH[group](key, doc.default ?? ''))).toEqual(without);
      expect(without).toHaveProperty('project');
    },
  );
});

// Draft 2020-12 read by another implementation than the one that wrote it down.
const schema = z.fromJSONSchema(configJsonSchema());
const isAccepted = (text: string): boolean => schema.safeParse(parse(text, { version: '1.2' })).success;

describe('the JSON Schema', () => {
  it.each(keys)('accepts the example of $key in $group', ({ group, key, doc }) => {
    expect(isAccepted(CONFIG_WITH[group](key, doc.example))).toBe(true);
    expect(isAccepted(CONFIG_WITH[group](key, 'null'))).toBe(group !== 'hook' || key !== 'command');
  });

  it.each(keys.map(({ group }) => group).filter((group, index, all) => all.indexOf(group) === index))(
    'refuses an unknown key in %s',
    (group) => {
      expect(isAccepted(CONFIG_WITH[group]('retires', '3'))).toBe(false);
    },
  );

  it.each([
    'services: {web: {command: ""}}',
    'services: {web: {command: []}}',
    'services: {web: {command: serve, port: 70000}}',
    'services: {web: {command: serve, restart: sometimes}}',
    'services: {web: {command: serve, stop: {grace: 5}}}',
    'services: [web]',
    'on_hangup: leave',
  ])('refuses what the parser refuses: %s', (text) => {
    expect(isAccepted(text)).toBe(false);
    expect(parsed(text)).toHaveProperty('issues');
  });

  it('matches the file in the package', () => {
    expect(JSON.parse(readFileSync(join(ROOT, 'config.schema.json'), 'utf8'))).toEqual(configJsonSchema());
  });
});

/** The configs in the YAML blocks of a page: those that name services, and those that are the whole of a file. */
function configsOf(page: string): readonly string[] {
  const blocks = [...readFileSync(join(ROOT, page), 'utf8').matchAll(/^```yaml\n([^]*?)^```$/gm)];
  return blocks.map(([, text = '']) => text);
}

/** But for a person's own config, which is another language. */
const OTHER = ['docs/user-config.md'];
const pages = globSync(['README.md', 'docs/**/*.md'], { cwd: ROOT, exclude: OTHER }).flatMap((page) =>
  configsOf(page).map((text, index) => ({ page, number: index + 1, text })),
);
const trees = globSync('examples/*/.project.config', { cwd: ROOT }).map((page) => ({
  page,
  number: 1,
  text: readFileSync(join(ROOT, page), 'utf8'),
}));

describe('every config in the docs', () => {
  it.each([...pages, ...trees])('is valid, also for the JSON Schema: $page, block $number', ({ text }) => {
    expect(parsed(text)).toHaveProperty('project');
    expect(isAccepted(text)).toBe(true);
  });
});
