import { describe, expect, it } from 'vitest';
import { ofFile, proposed } from '../proposed.ts';

describe('task runners', () => {
  it.each([
    [
      'Makefile',
      'PORT ?= 8080\n.PHONY: dev\nbuild:\n\tgo build\ndev: build\n\tpython manage.py runserver\ntest:\n\tgo test\n',
      'make dev',
    ],
    [
      'justfile',
      'set dotenv-load\ndefault:\n  just --list\n# starts it\ndev:\n  @python manage.py runserver\ndeploy env:\n  ./deploy {{env}}\n',
      'just dev',
    ],
    [
      'Taskfile.yml',
      'version: 3\ntasks:\n  build: go build\n  dev: {desc: starts it, cmds: [python manage.py runserver]}\n',
      'task dev',
    ],
    [
      'mise.toml',
      '[tools]\nnode = "24"\n[tasks.dev]\nrun = "python manage.py runserver"\n[tasks]\nlint = "x"\n',
      'mise run dev',
    ],
  ])('%s: the target for development, with the port that its recipe takes', (file, text, run) => {
    const { names, command, service } = proposed({ [file]: text });
    expect(names).toEqual(['app']);
    expect(command('app')).toBe(run);
    expect(service('app').port?.wanted).toBe(8000);
  });

  it.each([
    [
      'Makefile',
      'dev: install api web\ninstall:\n\tnpm ci\napi:\n\tuvicorn app:app\nweb:\n\tcd web && npm run dev\n',
      ['make api', 'make web'],
    ],
    [
      'Makefile',
      'dev:\n\t$(MAKE) -j2 api web\napi:\n\tuvicorn app:app\nweb:\n\tcd web && npm run dev\n',
      ['make api', 'make web'],
    ],
    ['justfile', 'dev-api:\n  uvicorn app:app\ndev-web:\n  cd web && npm run dev\n', ['just dev-api', 'just dev-web']],
    [
      'Taskfile.yml',
      'tasks:\n  dev: {deps: [api, web]}\n  api: uvicorn app:app\n  web: {dir: web, cmds: [npm run dev]}\n',
      ['task api', 'task web'],
    ],
  ])('%s: a target that starts others side by side is those', (file, text, commands) => {
    const { names, command } = proposed({ [file]: text });
    expect(names.map(command)).toEqual(commands);
    expect(names).toEqual(['api', 'web']);
  });

  it('give and report nothing without a target for development', () => {
    const { notes, names } = proposed({ Makefile: 'build:\n\tgo build\n', 'index.html': '' });
    expect(names).toEqual(['web']);
    expect(notes).toEqual([]);
  });

  it('beside code are named with their programs', () => {
    const { notes, command } = proposed({
      Makefile: 'dev:\n\tnpm run dev\n',
      'package.json': '{"scripts":{"dev":"vite"}}',
    });
    expect(command('frontend')).toContain('npm run dev');
    expect(notes).toEqual(['There is Makefile too, with dev. To take that: devdeck init --from Makefile']);
  });

  it('start beside the databases of the compose file', () => {
    const { names } = proposed({ Makefile: 'run:\n\t./run\n', 'compose.yaml': 'services: {pg: {image: postgres}}' });
    expect(names).toEqual(['pg', 'app']);
  });
});

describe('.vscode/tasks.json', () => {
  const TASKS = `{
    // what we start
    "version": "2.0.0",
    "tasks": [
      { "label": "api", "type": "shell", "command": "uvicorn", "args": ["app:app", "--port", "8001"], "isBackground": true,
        "options": { "cwd": "\${workspaceFolder}/api", "env": { "MODE": "dev" } }, "problemMatcher": [], },
      { "label": "web", "type": "npm", "script": "dev", "path": "web", "isBackground": true, "dependsOn": ["api", "build"], "runOptions": { "runOn": "folderOpen" } },
      { "label": "build", "type": "shell", "command": "make" },
    ],
  }`;

  it('gives background tasks, and names the rest', () => {
    const { names, service, command, leftOut, notes } = proposed({ '.vscode/tasks.json': TASKS });
    expect(names).toEqual(['api', 'web']);
    expect(command('api')).toBe('uvicorn app:app --port $PORT');
    expect(service('api')).toMatchObject({ port: { wanted: 8001 }, cwd: '/shop/api', env: { MODE: 'dev' } });
    expect(service('web')).toMatchObject({ cwd: '/shop/web', dependsOn: [{ service: 'api', condition: 'started' }] });
    expect(service('web').before).toMatchObject([{ command: { line: 'make' } }]);
    expect(leftOut('web')).toEqual([]);
    expect(notes).toEqual(['Left out of .vscode/tasks.json, as tasks that end: build.']);
  });

  it('takes tasks that start a program by name or command, and none that build or test', () => {
    const { names } = proposed({
      '.vscode/tasks.json': JSON.stringify({
        tasks: [
          { label: 'Run the core', type: 'shell', command: 'hass -c ./config' },
          { label: 'Run tests', type: 'shell', command: 'pytest' },
          { label: 'docs', type: 'shell', command: 'mkdocs serve' },
          { label: 'Run codegen', type: 'shell', command: 'x', group: 'build' },
        ],
      }),
    });
    expect(names).toEqual(['Run-the-core', 'docs']);
  });

  it('is named with its error when it cannot be read', () => {
    const { notes } = proposed({ '.vscode/tasks.json': '{"tasks": [', 'index.html': '' });
    expect(notes).toEqual([expect.stringMatching(/^\.vscode\/tasks\.json was not used: JSON5: .* at 1:12\.$/)]);
  });
});

describe('files that are programs', () => {
  const NIX = `{ pkgs, ... }: {
    # processes.old.exec = "x";
    services.postgres.enable = true;
    services.redis = { enable = true; port = 6380; };
    processes.web.exec = "python manage.py runserver";
    processes = {
      worker = { exec = ''celery -A app worker''; cwd = "./back"; };
      made.exec = "\${pkgs.hello}/bin/hello";
    };
    scripts.hi.exec = "echo hi";
  }`;

  it('are read from devenv.nix: plain commands are taken, the rest is named', () => {
    const { names, command, service, fileLeftOut, notes } = proposed({ 'devenv.nix': NIX });
    expect(names).toEqual(['web', 'worker']);
    expect(command('worker')).toBe('celery -A app worker');
    expect(service('worker').cwd).toBe('/shop/back');
    expect(service('web').port?.wanted).toBe(8000);
    expect(fileLeftOut).toEqual([
      'processes.made (Nix makes its command)',
      'services.postgres (devenv up runs it; a service of your own: command, or compose)',
      'services.redis (devenv up runs it; a service of your own: command, or compose)',
    ]);
    expect(notes[0]).toContain('devenv shell');
  });

  it('of a Tiltfile may be a list of words, and what Nix makes has the name of its process', () => {
    const tilt = `local_resource("api", serve_cmd=["go", "run", "./cmd/api", "--name", 'a b'])\nlocal_resource('x', serve_cmd=['go', FLAG])\n`;
    const { names, command } = proposed({ Tiltfile: tilt });
    expect(names).toEqual(['api']);
    expect(command('api')).toBe("go run ./cmd/api --name 'a b'");
    const nix = '{ processes = { web.exec = "${pkgs.nodejs}/bin/npm start"; api.exec = "./api"; }; }';
    expect(proposed({ 'devenv.nix': nix }).fileLeftOut).toEqual(['processes.web (Nix makes its command)']);
  });

  it('are read from a Tiltfile: local serves are taken, the rest is named', () => {
    const { names, command, service, fileLeftOut } = proposed({
      Tiltfile:
        "docker_compose('./docker-compose.yml')\nk8s_yaml('k8s.yaml')\nlocal_resource('web', serve_cmd='npm run dev', serve_dir='./web')\nlocal_resource('migrate', cmd='make migrate')\n",
    });
    expect(names).toEqual(['web']);
    expect(command('web')).toBe('npm run dev');
    expect(service('web').cwd).toBe('/shop/web');
    expect(fileLeftOut).toEqual([
      'local_resource migrate (it runs once)',
      'docker_compose(./docker-compose.yml) (Tilt does it)',
      'k8s_yaml(k8s.yaml) (Tilt does it)',
    ]);
  });

  it('are named with their programs when code is found', () => {
    const { notes } = proposed({
      'devenv.nix': '{ services.postgres.enable = true; }',
      Tiltfile: "k8s_yaml('k8s.yaml')",
      'package.json': '{"scripts":{"dev":"vite"}}',
    });
    expect(notes).toEqual([
      'devenv.nix was not used: no process is in it. In it: services.postgres (devenv up runs it; a service of your own: command, or compose).',
      'Tiltfile was not used: no local_resource with a plain serve_cmd is in it. In it: k8s_yaml(k8s.yaml) (Tilt does it).',
    ]);
  });

  it('are read from devcontainer.json: ports and commands are named', () => {
    const { notes } = proposed({
      '.devcontainer/devcontainer.json':
        '{ // x\n "forwardPorts": [3000, 5432], "postStartCommand": "npm run dev", "dockerComposeFile": "../compose.yaml" }',
      'package.json': '{"scripts":{"dev":"vite"}}',
    });
    expect(notes).toEqual([
      '.devcontainer/devcontainer.json forwards 3000, 5432, starts npm run dev, uses ../compose.yaml: nothing of it was taken.',
    ]);
  });
});

it('bin/dev without a Procfile becomes a command', () => {
  const { command, service } = ofFile('bin/dev', '#!/bin/sh\nset -e\nexec uvicorn app:app --reload "$@"\n');
  expect(command('app')).toBe('bin/dev');
  expect(service('app').port?.wanted).toBe(8000);
});

describe('the port of a task', () => {
  it.each([
    ['a variable of make', 'Makefile', 'PORT ?= 8300\nrun:\n\tgo run . -port=$(PORT)\n', 8300],
    ['a variable of just', 'justfile', 'port := "8301"\nserve:\n  uvicorn app:app --port {{port}}\n', 8301],
    [
      'a variable of just that the environment may set',
      'justfile',
      'port := env_var_or_default("PORT", "8302")\nserve:\n  uvicorn app:app --port {{ port }}\n',
      8302,
    ],
    ['a parameter of just', 'justfile', "serve port='8303' *args:\n  uvicorn app:app --port {{port}} {{args}}\n", 8303],
    [
      'a variable of Task',
      'Taskfile.yml',
      'version: 3\nvars: {P: 8304}\ntasks:\n  serve: {cmd: "vite --port {{.P}}"}\n',
      8304,
    ],
    [
      'a default in a template of Task',
      'Taskfile.yml',
      `version: 3\ntasks:\n  serve: {cmd: 'uvicorn app:app --port {{.PORT | default "8305"}}'}\n`,
      8305,
    ],
    [
      'the environment of a Task task',
      'Taskfile.yml',
      'version: 3\ntasks:\n  serve: {env: {PORT: "8306"}, cmds: [go run ./cmd/server]}\n',
      8306,
    ],
    ['a variable of mise', 'mise.toml', '[vars]\np = "8307"\n[tasks.serve]\nrun = "vite --port {{vars.p}}"\n', 8307],
    [
      'the file that a Makefile includes',
      'Makefile',
      'include .env\nrun:\n\tuv run fastapi dev main.py --port $(API_PORT)\n',
      8309,
    ],
    ['the environment of mise', 'mise.toml', '[env]\nPORT = 8308\n[tasks.serve]\nrun = "cargo run"\n', 8308],
  ])('may be that of %s', (_what, file, text, port) => {
    const { names, service } = proposed({ [file]: text, '.env': 'API_PORT=8309\n' });
    expect(names).toHaveLength(1);
    expect(service(names[0] ?? '').port?.wanted).toBe(port);
  });
});

it('a task has no port where it is told one by a variable that nobody here knows', () => {
  const { service } = proposed({ Makefile: 'run:\n\tuv run fastapi dev main.py --port $(API_PORT)\n' });
  expect(service('app').port).toBeUndefined();
});

describe('tasks that one starts', () => {
  it.each([
    [
      'mise, by a pattern',
      'mise.toml',
      '[tasks.dev]\ndepends = ["dev:*"]\n[tasks."dev:api"]\nrun = "a"\n[tasks."dev:web"]\nrun = "w"\n',
    ],
    [
      'mise, in its lines',
      'mise.toml',
      '[tasks.dev]\nrun = [{ tasks = ["dev:api", "dev:web"] }]\n[tasks."dev:api"]\nrun = "a"\n[tasks."dev:web"]\nrun = "w"\n',
    ],
    [
      'just, by a script',
      'justfile',
      'dev:\n  #!/usr/bin/env bash\n  trap "kill 0" EXIT\n  just api &\n  just web &\n  wait\napi:\n  ./api\nweb:\n  ./web\n',
    ],
    [
      'just, one with further words',
      'justfile',
      '[parallel]\ndev: api web\napi:\n  ./api\n[working-directory: "web"]\nweb *args:\n  npm run dev -- {{args}}\n',
    ],
  ])('are one service each: %s', (_what, file, text) => {
    expect(proposed({ [file]: text }).names.toSorted()).toEqual(['api', 'web']);
  });

  it('are no recipe of just that needs a word, or a private one', () => {
    const { names } = proposed({
      justfile: 'dev: api web secret\napi:\n  ./api\nweb target:\n  ./web {{target}}\n[private]\nsecret:\n  ./x\n',
    });
    expect(names).toEqual(['api']);
  });
});

it('tasks of files that a Taskfile includes are started by their names there, in their folders', () => {
  const { names, command, service } = proposed(
    {
      'Taskfile.yml':
        'version: 3\nincludes: {web: {taskfile: ./web/Taskfile.yml, dir: ./web}, api: ./api}\ntasks:\n  dev: {deps: [web:dev, api:dev]}\n',
      'web/Taskfile.yml': 'version: 3\ntasks:\n  dev: {cmds: [npm run dev]}\n',
      'web/package.json': '{"scripts":{"serve":"x"}}',
      'api/Taskfile.yml': 'version: 3\ntasks:\n  dev: {cmds: ["go run . -addr :8055"]}\n',
    },
    'Taskfile.yml',
  );
  expect(names.toSorted()).toEqual(['api', 'web']);
  expect(command('web')).toBe('task web:dev');
  expect(service('api').port?.wanted).toBe(8055);
});

describe('tasks of an editor', () => {
  const TASKS = JSON.stringify({
    version: '2.0.0',
    inputs: [{ id: 'env', type: 'pickString', options: ['dev', 'prod'], default: 'dev' }],
    tasks: [
      { label: 'all', dependsOn: ['api', 'web'] },
      { label: 'api', type: 'shell', command: './api --env ${input:env}', isBackground: true },
      { label: 'web', type: 'shell', command: './web', isBackground: true },
      { label: 'remote', type: 'shell', command: './x ${config:host}', isBackground: true },
      { label: 'build', type: 'shell', command: 'make' },
    ],
  });

  it('use the proposals of the editor, and report commands that only the editor knows', () => {
    const { names, command, notes } = proposed({ '.vscode/tasks.json': TASKS });
    expect(names.toSorted()).toEqual(['api', 'web']);
    expect(command('api')).toBe('./api --env dev');
    expect(notes.join('\n')).toContain('as tasks that end: build.');
    expect(notes.join('\n')).toContain('remote (the editor alone knows its command)');
  });

  it('name files of the workspace from the folder in which they run, and their PORT is the port', () => {
    const { command, service } = proposed({
      '.vscode/tasks.json': JSON.stringify({
        tasks: [
          {
            label: 'api',
            type: 'process',
            command: '${workspaceFolder}/.venv/bin/python',
            args: ['api.py', '${workspaceFolder}'],
            options: { cwd: '${workspaceFolder}/server', env: { PORT: '3010', MODE: 'dev' } },
            isBackground: true,
          },
        ],
      }),
    });
    expect(command('api')).toBe("../.venv/bin/python api.py '../'");
    expect(service('api').port?.wanted).toBe(3010);
    expect(Object.keys(service('api').env)).toEqual(['MODE']);
  });
});
