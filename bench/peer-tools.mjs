// How each tool gets the services (a script for `sh` each), started, recognised in the process table, and left.
// Those that are a binary are started as such, without the Node program that npm puts in front of them.

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { devdeck } from './rig.mjs';

const CTRL_C = '\u0003';

/** @param modules the `node_modules` that they are installed in */
export function peerTools(modules) {
  const bin = (name) => join(modules, '.bin', name);
  const mprocs = readdirSync(join(modules, 'mprocs')).find((name) => name.includes(platform('x86_64', 'aarch64')));
  return {
    devdeck: {
      prepare: (root, scripts) => {
        const services = Object.fromEntries(scripts.map((script, index) => [`s${index}`, { command: ['sh', script] }]));
        writeJson(join(root, '.project.config'), { services });
      },
      command: [devdeck],
      own: /dist\/\w+\.js|bin\/devdeck/,
      quit: 'q',
    },
    mprocs: {
      prepare: (root, scripts) => {
        const procs = Object.fromEntries(scripts.map((script, index) => [`s${index}`, { cmd: ['sh', script] }]));
        writeJson(join(root, 'mprocs.yaml'), { procs });
      },
      command: [join(modules, 'mprocs', mprocs, 'mprocs')],
      own: /mprocs/,
      quit: 'q',
    },
    turbo: {
      prepare: (root, scripts) => {
        writeJson(join(root, 'package.json'), {
          name: 'shop',
          packageManager: 'npm@10.0.0',
          workspaces: ['packages/*'],
        });
        writeJson(join(root, 'turbo.json'), { ui: 'tui', tasks: { dev: { cache: false, persistent: true } } });
        for (const [index, script] of scripts.entries()) {
          const dir = join(root, `packages/s${index}`);
          mkdirSync(dir, { recursive: true });
          writeJson(join(dir, 'package.json'), {
            name: `s${index}`,
            version: '1.0.0',
            scripts: { dev: `sh ${script}` },
          });
        }
      },
      command: [join(modules, '@turbo', platform('64', 'arm64'), 'bin/turbo'), 'run', 'dev', '--concurrency=100'],
      own: /bin\/turbo/,
      quit: CTRL_C,
    },
    concurrently: {
      prepare: (root, scripts) =>
        writeFileSync(join(root, 'scripts'), scripts.map((script) => `sh ${script}\n`).join('')),
      command: ['sh', '-c', `IFS='\n'; exec ${bin('concurrently')} $(cat scripts)`],
      own: /concurrently/,
      quit: CTRL_C,
    },
    foreman: {
      prepare: (root, scripts) =>
        writeFileSync(join(root, 'Procfile'), scripts.map((script, index) => `s${index}: sh ${script}\n`).join('')),
      command: [bin('nf'), 'start'],
      own: /foreman|\/nf/,
      quit: CTRL_C,
    },
    pm2: {
      prepare: (root, scripts) => {
        const apps = scripts.map((script, index) => ({ name: `s${index}`, script, interpreter: 'sh' }));
        writeJson(join(root, 'ecosystem.config.json'), { apps });
      },
      command: [bin('pm2'), 'start', 'ecosystem.config.json'],
      own: /pm2|God Daemon/i,
    },
  };
}

function platform(x64, arm64) {
  return `${process.platform}-${process.arch === 'arm64' ? arm64 : x64}`;
}

function writeJson(path, value) {
  writeFileSync(path, JSON.stringify(value));
}
