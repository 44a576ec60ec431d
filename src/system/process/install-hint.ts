// The hint for a program that is not on the PATH: its place, or the installer of its own ecosystem.
// Decides by the program first, then by the files of the project around it: a Ruby program is no reason for `npm ci`,
// also where a package.json lies beside the Gemfile. Runs nothing.

import { accessSync, constants, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readSmallFile } from '../small-file.ts';

/** Programs that bring others, or are no project's dependency: how each gets onto a machine. */
const TOOLS: Readonly<Record<string, string>> = {
  bundle: 'gem install bundler',
  gem: 'install Ruby, https://www.ruby-lang.org',
  ruby: 'install Ruby, https://www.ruby-lang.org',
  uv: 'install it, https://docs.astral.sh/uv',
  uvx: 'install uv, https://docs.astral.sh/uv',
  poetry: 'pipx install poetry',
  pdm: 'pipx install pdm',
  pipenv: 'pipx install pipenv',
  hatch: 'pipx install hatch',
  python: 'install Python, or write python3 in "command"',
  python3: 'install Python, https://www.python.org',
  pnpm: 'npm install --global pnpm',
  yarn: 'npm install --global yarn',
  bun: 'install it, https://bun.sh',
  deno: 'install it, https://deno.com',
  node: 'install Node.js, https://nodejs.org',
  npm: 'install Node.js, https://nodejs.org',
  npx: 'install Node.js, https://nodejs.org',
  go: 'install Go, https://go.dev/dl',
  air: 'go install github.com/air-verse/air@latest',
  cargo: 'install Rust, https://rustup.rs',
  php: 'install PHP, https://www.php.net',
  composer: 'install it, https://getcomposer.org',
  symfony: 'install it, https://symfony.com/download',
  mix: 'install Elixir, https://elixir-lang.org',
  dotnet: 'install .NET, https://dotnet.microsoft.com',
  java: 'install a JDK, https://adoptium.net',
  mvn: 'install Maven, https://maven.apache.org',
  gradle: 'install Gradle, https://gradle.org',
  docker: 'install Docker, https://docs.docker.com/get-docker',
  podman: 'install it, https://podman.io',
  just: 'install it, https://just.systems',
  task: 'install it, https://taskfile.dev',
  mise: 'install it, https://mise.jdx.dev',
  make: 'install make with the package manager of your system',
  foreman: 'gem install foreman',
  overmind: 'install it, https://github.com/DarthSim/overmind',
};

type Ecosystem = 'ruby' | 'python' | 'php';

/** Programs that come with a project's dependencies, and are no Node program. */
const PROGRAMS: Readonly<Record<Ecosystem, readonly string[]>> = {
  ruby: ['rails', 'rake', 'rackup', 'puma', 'unicorn', 'thin', 'sidekiq', 'jekyll', 'guard', 'good_job'],
  python: (
    'uvicorn gunicorn hypercorn daphne granian fastapi flask django-admin streamlit celery dramatiq rq huey_consumer ' +
    'alembic jupyter mkdocs pytest'
  ).split(' '),
  php: ['artisan', 'phpunit'],
};

interface Installer {
  /** A file that says the project is kept with it. */
  readonly file: string;
  readonly command: string;
}

const INSTALLERS: Readonly<Record<Ecosystem | 'node', readonly Installer[]>> = {
  ruby: [{ file: 'Gemfile', command: 'bundle install' }],
  python: [
    { file: 'uv.lock', command: 'uv sync' },
    { file: 'poetry.lock', command: 'poetry install' },
    { file: 'pdm.lock', command: 'pdm install' },
    { file: 'Pipfile', command: 'pipenv install' },
    { file: 'requirements.txt', command: 'python3 -m venv .venv && .venv/bin/pip install -r requirements.txt' },
    { file: 'pyproject.toml', command: 'python3 -m venv .venv && .venv/bin/pip install -e .' },
  ],
  php: [{ file: 'composer.json', command: 'composer install' }],
  node: [
    { file: 'pnpm-lock.yaml', command: 'pnpm install' },
    { file: 'yarn.lock', command: 'yarn install' },
    { file: 'bun.lock', command: 'bun install' },
    { file: 'bun.lockb', command: 'bun install' },
    { file: 'package-lock.json', command: 'npm ci' },
    { file: 'package.json', command: 'npm install' },
  ],
};

const BIN_FOLDERS = ['node_modules/.bin', '.venv/bin', 'venv/bin', 'vendor/bin'];

/**
 * A sentence that says what to do about the missing program.
 * @param shown the program's name, fit to be printed
 */
export function installHint(name: string, cwd: string, shown: string): string {
  const folders = withParents(cwd);
  const here = folders.flatMap((folder) => BIN_FOLDERS.map((bin) => join(folder, bin, name))).find(isExecutable);
  if (here !== undefined) return `It is here: write ${here}, or add ${dirname(here)} to PATH.`;
  const tool = Object.hasOwn(TOOLS, name) ? TOOLS[name] : undefined;
  if (tool !== undefined) return `Is it installed? Next: ${tool}`;
  const next = projectInstall(name, folders);
  if (next !== undefined) return `Is it installed? Next: ${next}`;
  return `Is it installed? If so, add its folder to PATH, or write the full path of "${shown}" in "command".`;
}

function projectInstall(name: string, folders: readonly string[]): string | undefined {
  const known = (Object.keys(PROGRAMS) as Ecosystem[]).find((ecosystem) => PROGRAMS[ecosystem].includes(name));
  if (known !== undefined) return install(known, folders);
  // Of a program that nothing else claims, a package.json without its packages is the likeliest home.
  const isNode =
    install('node', folders) !== undefined && !folders.some((folder) => exists(join(folder, 'node_modules')));
  const isOnly = !(['ruby', 'python', 'php'] as const).some((ecosystem) => install(ecosystem, folders) !== undefined);
  return isNode && (isOnly || isDeclared(name, folders)) ? install('node', folders) : undefined;
}

/** The command of the nearest folder upward that says how its packages are installed. */
function install(ecosystem: Ecosystem | 'node', folders: readonly string[]): string | undefined {
  const manifest = { ruby: 'Gemfile', php: 'composer.json', node: 'package.json', python: undefined }[ecosystem];
  for (const folder of folders) {
    const found = INSTALLERS[ecosystem].find(({ file }) => exists(join(folder, file)));
    const isManifest = manifest === undefined || exists(join(folder, manifest));
    if (found !== undefined && isManifest)
      return `cd ${folder} && ${byDeclaration(ecosystem, folder) ?? found.command}`;
  }
  return undefined;
}

/** `"packageManager": "yarn@4.1.0"` counts before a lock file. */
function byDeclaration(ecosystem: Ecosystem | 'node', folder: string): string | undefined {
  if (ecosystem !== 'node') return undefined;
  const manager = /"packageManager"\s*:\s*"(npm|pnpm|yarn|bun)@/.exec(textOf(join(folder, 'package.json')))?.[1];
  return manager === undefined ? undefined : manager === 'npm' ? 'npm ci' : `${manager} install`;
}

function isDeclared(name: string, folders: readonly string[]): boolean {
  return folders.some((folder) => textOf(join(folder, 'package.json')).includes(`"${name}"`));
}

function withParents(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...withParents(parent)];
}

function textOf(path: string): string {
  return readSmallFile(path, 1_000_000) ?? '';
}

function exists(path: string): boolean {
  try {
    statSync(path);
    return true;
  } catch {
    return false;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
