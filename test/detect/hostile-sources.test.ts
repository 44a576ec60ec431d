// The patterns that look into a project's files take time in proportion to the text. Each text below would take one that
// backtracks hours, at a few megabytes.

import { expect, it } from 'vitest';
import { detect } from '../../src/detect/detect.ts';
import { settle } from '../../src/detect/settle.ts';
import { folderOf } from '../helpers/project-tree.ts';

const MEBIBYTE = 1024 * 1024;
const filled = (piece: string): string => piece.repeat(Math.ceil(MEBIBYTE / piece.length));
const app = (code: string) => ({
  'package.json': JSON.stringify({ name: 'app', scripts: { dev: 'node main.js' }, dependencies: { express: '5' } }),
  'main.js': code,
});

it.each<[string, Record<string, string>]>([
  ['a script', { 'package.json': JSON.stringify({ scripts: { dev: filled('bun/') } }) }],
  [
    'a script that is almost of Eleventy',
    { 'package.json': JSON.stringify({ scripts: { dev: filled(' eleventy n') } }) },
  ],
  ['a name', { 'package.json': JSON.stringify({ name: `0${filled('.')}0`, scripts: { dev: 'vite' } }) }],
  [
    'a workspace',
    {
      'package.json': JSON.stringify({ workspaces: [`${'*a'.repeat(60)}b`, filled('*a')] }),
      [`${'a'.repeat(200)}/package.json`]: JSON.stringify({ scripts: { dev: 'vite' } }),
    },
  ],
  ['code that opens braces before PORT', app(filled('B{PORT\t'))],
  ['code that falls back', app(`process.env.PORT ${filled('unwrap_or(')}`)],
  ['code that listens', app(`process.env.PORT ${filled('.Run(A')}`)],
  ['code that reads an address', app(`process.env.${filled('API')}_`)],
  ['packages of Go', { 'go.mod': 'module x', 'main.go': filled('()\npackage main\n') }],
  ['blank lines of a Gemfile', { Gemfile: `${filled('\n')}gem` }],
  ['blank lines of a crate', { 'Cargo.toml': `[package]\n${filled('\n\t')}`, 'src/main.rs': 'fn main() {}' }],
  ['an app of Python', { 'main.py': `def get_app(\n ${filled('\t ')}` }],
  ['apps of Python', { 'main.py': filled('def create_app(\n') }],
  [
    'the settings of Spring',
    {
      'pom.xml': '<artifactId>spring-boot-starter-web</artifactId>',
      'src/main/resources/application.yml': `server:\n${filled('\t\n')}s`,
    },
  ],
  ['targets of make', { Makefile: filled('dev: a\n') }],
  ['a recipe of make', { Makefile: `dev:\n\t${filled('make -j ')}` }],
  ['a line of a Procfile', { 'Procfile.dev': `web: ${filled('a=b -p 3000 ')}` }],
  ['processes of devenv', { 'devenv.nix': filled('processes = { ') }],
  ['calls of a Tiltfile', { Tiltfile: filled('local_resource(') }],
  ['brackets of YAML', { 'compose.yaml': filled('[') }],
  ['templates of process-compose', { 'process-compose.yaml': `processes: {a: {command: "${filled('{{ ')}"}}` }],
  ['routes', app(filled('app.get("/a/'))],
  ['blocks of routes', app(`${filled('r.Route("/a", func(')}r.get("/health")`)],
  ['scripts side by side', { 'package.json': JSON.stringify({ scripts: { dev: `concurrently ${filled('"a')}` } }) }],
])('reads %s in one go', (_, files) => {
  const proposal = detect(folderOf(files));
  expect(settle(proposal)).toBeDefined();
});
