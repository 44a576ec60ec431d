// Services of Python code: Django by manage.py, ASGI and Flask apps by the line that makes them, run the way the
// project's environment is kept (uv, poetry, pdm, pipenv, a venv, or what is on the PATH).

import { baseOf, dirOf, filesNamed, inDir, relativeTo, withParents, type Folder } from '../facts/folder.ts';
import type { ProposedService } from '../facts/proposal.ts';
import { healthRoute } from '../facts/health-route.ts';
import { readFiles, sourcesIn } from '../facts/source-facts.ts';

const PROJECT_FILES = [
  'pyproject.toml',
  'requirements.txt',
  'setup.py',
  'setup.cfg',
  'Pipfile',
  'uv.lock',
  'requirements-dev.txt',
];
const ASGI = 'FastAPI|Starlette|Litestar|Quart|Robyn';
const MAKES_APP = new RegExp(String.raw`^(\w+)(?:\s*:\s*[\w.]+)?\s*=\s*(?:\w+\.)?(${ASGI}|Flask)\(`, 'm');
const FACTORY = /^def (create_app|make_app|get_app|build_app|create_application)\(/m;
const MADE_INSIDE = new RegExp(String.raw`^[ \t].*?\b(${ASGI}|Flask)\(`, 'm');
/** Of several apps, the one in a file that says so. */
const ENTRY_NAMES = ['main.py', 'app.py', 'asgi.py', 'server.py', 'api.py', 'wsgi.py', '__init__.py'];

export function detectPython(folder: Folder): readonly ProposedService[] {
  const django = filesNamed(folder, 'manage.py')
    .filter((path) => (folder.read(path) ?? '').includes('django'))
    .map((path) => djangoService(folder, path));
  const apps = appsByProject(folder).filter(({ dir }) => !django.some((service) => service.dir === dir));
  const found = [...django, ...apps];
  return found.length > 0 ? found : streamlitServices(folder);
}

function djangoService(folder: Folder, path: string): ProposedService {
  const dir = dirOf(path);
  return {
    name: nameOf(dir),
    role: 'backend',
    because: `Django: ${path}`,
    command: `${pythonCommand(folder, dir, 'python')} manage.py runserver $PORT`,
    dir,
    port: { wanted: 8000 },
  };
}

interface App {
  readonly path: string;
  readonly framework: string;
  readonly variable: string;
  readonly isFactory: boolean;
}

/** One app for each Python project: a second one in it is mostly mounted by the first. */
function appsByProject(folder: Folder): readonly ProposedService[] {
  const byProject = new Map<string, App[]>();
  for (const path of sourcesIn(folder, '', /\.py$/)) {
    const app = appIn(path, folder.read(path) ?? '');
    if (app === undefined) continue;
    const project = projectOf(folder, path);
    byProject.set(project, [...(byProject.get(project) ?? []), app]);
  }
  return [...byProject].flatMap(([dir, apps]) => {
    const [app] = apps.toSorted((a, b) => rank(a) - rank(b));
    return app === undefined ? [] : [appService(folder, dir, app.isFactory ? madeBy(folder, dir, app) : app)];
  });
}

/** `app = create_app('development')` of another file: it gives the factory what it needs. */
function madeBy(folder: Folder, dir: string, factory: App): App {
  const made = new RegExp(String.raw`^(\w{1,60})\s{0,9}=\s{0,9}(?:\w{1,60}\.)?${factory.variable}\(`, 'm');
  for (const path of sourcesIn(folder, dir, /\.py$/)) {
    const variable = made.exec(folder.read(path) ?? '')?.[1];
    if (variable !== undefined) return { path, framework: factory.framework, variable, isFactory: false };
  }
  return factory;
}

function appIn(path: string, code: string): App | undefined {
  const [, variable, framework] = MAKES_APP.exec(code) ?? [];
  if (variable !== undefined && framework !== undefined) return { path, framework, variable, isFactory: false };
  const factory = FACTORY.exec(code);
  const [, inside] = MADE_INSIDE.exec(code.slice(factory?.index)) ?? [];
  const [, name] = factory ?? [];
  return name === undefined || inside === undefined
    ? undefined
    : { path, framework: inside, variable: name, isFactory: true };
}

function rank({ path, isFactory }: App): number {
  const name = ENTRY_NAMES.indexOf(baseOf(path));
  return (isFactory ? 100 : 0) + (name < 0 ? ENTRY_NAMES.length : name) + path.split('/').length * 10;
}

/** The folder that is on the import path: the nearest with a project file, else the first that is no package. */
function projectOf(folder: Folder, path: string): string {
  const dirs = withParents(dirOf(path));
  const marked = dirs.find((dir) => PROJECT_FILES.some((name) => folder.has(inDir(dir, name))));
  if (marked !== undefined && (marked !== '' || dirs.length <= 2)) return marked;
  const plain = dirs.find((dir) => !folder.has(inDir(dir, '__init__.py'))) ?? '';
  // Without __init__.py, `app/` in a folder `backend/` is a package all the same; a folder of the root is not.
  return marked ?? (dirs.length > 2 && plain === dirs[0] ? (dirs.at(-2) ?? '') : plain);
}

function appService(folder: Folder, dir: string, app: App): ProposedService {
  const within = relativeTo(dir, app.path);
  const isInSrc = within.startsWith('src/') && !folder.has(inDir(dir, 'src/__init__.py'));
  const module = (isInSrc ? within.slice('src/'.length) : within)
    .replace(/(?:\/__init__)?\.py$/, '')
    .replaceAll('/', '.');
  const target = `${module}:${app.variable}`;
  const health = healthRoute(readFiles(folder, [app.path, ...sourcesIn(folder, dirOf(app.path), /\.py$/)]));
  const isFlask = app.framework === 'Flask';
  return {
    name: nameOf(dir),
    role: 'backend',
    because: `${app.framework}: ${app.variable}${app.isFactory ? '()' : ''} in ${app.path}`,
    command: isFlask
      ? `${pythonCommand(folder, dir, 'flask')} --app ${quoted(isInSrc ? `src/${module.replaceAll('.', '/')}:${app.variable}` : target)} --debug run --port $PORT`
      : `${pythonCommand(folder, dir, 'uvicorn')} ${target}${app.isFactory ? ' --factory' : ''}${isInSrc ? ' --app-dir src' : ''} --reload --port $PORT`,
    dir,
    port: { wanted: portOfRun(folder.read(app.path) ?? '') ?? (isFlask ? 5000 : 8000) },
    ...(health === undefined ? {} : { settings: { health } }),
  };
}

/** `uvicorn.run(app, port=9000)`, `app.run(port=int(os.environ.get('PORT', 5050)))`: what the project is used to. */
function portOfRun(code: string): number | undefined {
  const call =
    /\b(?:uvicorn|hypercorn|app|application|socketio)\.run\(([^\n]{0,200}(?:\n[^\n]{0,200}){0,8})/.exec(code)?.[1] ??
    '';
  const port = Number(
    /\bport\s{0,9}=\s{0,9}(?:int\(\s{0,9})?(?:os\.(?:environ\.get|getenv)\(\s{0,9}["']\w{1,40}["']\s{0,9},\s{0,9})?["']?(\d{4,5})/.exec(
      call,
    )?.[1],
  );
  return port >= 1024 && port <= 65_535 ? port : undefined;
}

function quoted(target: string): string {
  return /^[\w.:/-]+$/.test(target) ? target : `'${target}'`;
}

function streamlitServices(folder: Folder): readonly ProposedService[] {
  const [path] = sourcesIn(folder, '', /\.py$/).filter((file) => /^import streamlit\b/m.test(folder.read(file) ?? ''));
  if (path === undefined) return [];
  const dir = projectOf(folder, path);
  const command = `${pythonCommand(folder, dir, 'streamlit')} run ${relativeTo(dir, path)} --server.port $PORT --server.headless true`;
  return [
    {
      name: nameOf(dir),
      role: 'frontend',
      because: `Streamlit: ${path}`,
      command,
      dir,
      port: { wanted: 8501 },
      settings: { health: '/_stcore/health' },
    },
  ];
}

function nameOf(dir: string): string | undefined {
  return dir === '' ? undefined : baseOf(dir);
}

const RUNNERS: readonly (readonly [file: string, section: string, prefix: string])[] = [
  ['uv.lock', '[tool.uv]', 'uv run'],
  ['poetry.lock', '[tool.poetry]', 'poetry run'],
  ['pdm.lock', '[tool.pdm', 'pdm run'],
  ['Pipfile', '', 'pipenv run'],
];

/** How a program of the project's environment is called from `dir`. */
function pythonCommand(folder: Folder, dir: string, program: string): string {
  const name = program === 'python' ? 'python3' : program;
  for (const [steps, parent] of withParents(dir).entries()) {
    const pyproject = folder.read(inDir(parent, 'pyproject.toml')) ?? '';
    for (const [file, section, prefix] of RUNNERS) {
      if (folder.has(inDir(parent, file)) || (section !== '' && pyproject.includes(section)))
        return `${prefix} ${program}`;
    }
    for (const venv of ['.venv', 'venv', 'env']) {
      const path = inDir(parent, `${venv}/bin/${program}`);
      if (folder.has(path)) return `${'../'.repeat(steps)}${venv}/bin/${program}`;
    }
  }
  return name;
}
