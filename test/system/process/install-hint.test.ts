import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { installHint } from '../../../src/system/process/install-hint.ts';

function hintFor(name: string, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'devdeck-hint-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, { mode: 0o755 });
  }
  return installHint(name, join(folder, 'app'), name).replaceAll(folder, 'ROOT');
}

const RAILS_WITH_YARN = { Gemfile: '', 'package.json': '{"packageManager":"yarn@4.1.0"}', 'yarn.lock': '' };

it.each([
  ['bundle', RAILS_WITH_YARN, 'gem install bundler'],
  ['yarn', RAILS_WITH_YARN, 'npm install --global yarn'],
  ['puma', RAILS_WITH_YARN, 'cd ROOT && bundle install'],
  ['uv', { 'uv.lock': '', 'package.json': '{}' }, 'install it, https://docs.astral.sh/uv'],
  ['uvicorn', { 'uv.lock': '', 'package.json': '{}' }, 'cd ROOT && uv sync'],
  ['uvicorn', { 'app/poetry.lock': '', 'uv.lock': '' }, 'cd ROOT/app && poetry install'],
  [
    'flask',
    { 'requirements.txt': '' },
    'cd ROOT && python3 -m venv .venv && .venv/bin/pip install -r requirements.txt',
  ],
  ['vite', { 'package.json': '{}', 'package-lock.json': '{}' }, 'cd ROOT && npm ci'],
  ['vite', { 'package.json': '{}' }, 'cd ROOT && npm install'],
  ['vite', { 'package.json': '{}', 'pnpm-lock.yaml': '' }, 'cd ROOT && pnpm install'],
  ['vite', { 'package.json': '{"packageManager":"bun@1.2.0"}', 'package-lock.json': '' }, 'cd ROOT && bun install'],
  ['vite', { 'package.json': '{"devDependencies":{"vite":"7"}}', Gemfile: '' }, 'cd ROOT && npm install'],
])('a missing %s is installed the way its own ecosystem does (%#)', (name, files, next) => {
  expect(hintFor(name, files)).toBe(`Is it installed? Next: ${next}`);
});

it.each([
  ['vite', { 'package.json': '{}', 'node_modules/x/index.js': '' }],
  ['frobnicate', { 'package.json': '{}', Gemfile: '' }],
  ['frobnicate', {}],
])('nothing is guessed for %s where no installer would bring it (%#)', (name, files) => {
  expect(hintFor(name, files)).toContain('If so, add its folder to PATH');
});

it('the hint names a program in a bin folder of the project', () => {
  expect(hintFor('flask', { '.venv/bin/flask': '' })).toBe(
    'It is here: write ROOT/.venv/bin/flask, or add ROOT/.venv/bin to PATH.',
  );
});
