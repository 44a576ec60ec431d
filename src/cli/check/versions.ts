// Whether Node and Python are as the project's own files ask for. Only `node --version` and `python3 --version` are run.

import type { Environment } from '../../core/env/environment.ts';
import { join, relative } from 'node:path';
import { checkEnvironment } from '../../core/env/project-check.ts';
import type { Project } from '../../core/model/project.ts';
import { printable } from '../../core/output/log-line.ts';
import type { Machine } from '../context/context.ts';
import type { Finding } from './finding.ts';
import { fitsRange } from './version-range.ts';

const ASK_LIMIT_MS = 5_000;
const LONGEST_ANSWER = 4_096;

interface Wish {
  readonly tool: 'node' | 'python3';
  readonly range: string;
  /** As a person finds it: `frontend/package.json`. */
  readonly file: string;
  readonly dir: string;
}

type Read = (path: string) => string | undefined;

export async function checkVersions(
  project: Project,
  env: Environment,
  { files, shortCommands }: Machine,
): Promise<readonly Finding[]> {
  const read: Read = (path) => files.read(path);
  const dirs = [...new Set([project.root, ...project.services.map(({ cwd }) => cwd)])];
  const wishes = dirs.flatMap((dir) => wishesOf(dir, relative(project.root, dir), read));
  const installed = new Map<string, Promise<string | undefined>>();
  const versionOf = ({ tool, dir }: Wish): Promise<string | undefined> | string => {
    const venv = tool === 'python3' ? venvVersion(dir, read) : undefined;
    if (venv !== undefined) return venv;
    const asked = installed.get(tool) ?? askVersion(tool, env, shortCommands);
    installed.set(tool, asked);
    return asked;
  };
  const findings = await Promise.all(wishes.map(async (wish) => judge(wish, await versionOf(wish))));
  return findings.filter((finding) => finding !== undefined);
}

function wishesOf(dir: string, shown: string, read: Read): readonly Wish[] {
  const wish = (tool: Wish['tool'], name: string, range: string | undefined): readonly Wish[] =>
    range === undefined || range.trim() === '' ? [] : [{ tool, range: range.trim(), file: join(shown, name), dir }];
  const line = (name: string) => read(join(dir, name))?.split('\n')[0]?.trim();
  return [
    ...wish('node', 'package.json', nodeEngine(read(join(dir, 'package.json')))),
    ...wish('node', '.nvmrc', line('.nvmrc')),
    ...wish('node', '.node-version', line('.node-version')),
    ...wish('python3', '.python-version', line('.python-version')),
    ...wish('python3', 'pyproject.toml', pythonOf(read(join(dir, 'pyproject.toml')))),
  ];
}

function nodeEngine(text: string | undefined): string | undefined {
  try {
    const { engines } = JSON.parse(text ?? '{}') as { readonly engines?: { readonly node?: unknown } };
    return typeof engines?.node === 'string' ? engines.node : undefined;
  } catch {
    return undefined;
  }
}

/** `requires-python` of the standard, or `python` among Poetry's dependencies. */
function pythonOf(text: string | undefined): string | undefined {
  const standard = /^requires-python\s*=\s*["']([^"']+)["']/m.exec(text ?? '')?.[1];
  return standard ?? /^\[tool\.poetry\.dependencies\][^[]*?^python\s*=\s*["']([^"']+)["']/m.exec(text ?? '')?.[1];
}

/** A venv says which Python it was made of. */
function venvVersion(dir: string, read: Read): string | undefined {
  const texts = ['.venv', 'venv'].map((name) => read(join(dir, name, 'pyvenv.cfg')));
  return /^version(?:_info)?\s*=\s*(\d+\.\d+\.\d+)/m.exec(texts.find((text) => text !== undefined) ?? '')?.[1];
}

async function askVersion(
  tool: Wish['tool'],
  env: Environment,
  shortCommands: Machine['shortCommands'],
): Promise<string | undefined> {
  let output = '';
  const { ok } = await shortCommands.run({
    command: { kind: 'argv', argv: [tool, '--version'] },
    cwd: '/',
    env: checkEnvironment([], env),
    timeoutMs: ASK_LIMIT_MS,
    onData: (bytes) => {
      if (output.length < LONGEST_ANSWER) output += bytes.toString('utf8');
    },
  });
  return ok ? /(\d+\.\d+\.\d+)/.exec(output)?.[1] : undefined;
}

function judge({ tool, range, file }: Wish, version: string | undefined): Finding | undefined {
  const asked = `${printable(file, 60)} asks for ${printable(range, 60)}`;
  const subject = tool === 'node' ? 'node' : 'python';
  if (version === undefined) {
    return {
      area: 'versions',
      subject,
      level: 'fail',
      message: `${asked}, and ${tool} cannot be run`,
      fix: `install it, or put it on the PATH`,
    };
  }
  const fits = fitsRange(version, range);
  if (fits === undefined) return undefined;
  if (fits) return { area: 'versions', subject, level: 'ok', message: `${version} (${asked})` };
  const fix =
    subject === 'node'
      ? 'nvm use, fnm use or volta, or change the version in the file'
      : 'pyenv, uv python or a new venv, or change the version in the file';
  return { area: 'versions', subject, level: 'fail', message: `${version}, but ${asked}`, fix };
}
