// What `export compose` writes is started by Compose itself.

import { expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { freePorts } from '../helpers/free-port.ts';
import {
  BOX,
  composeProject,
  createContainerProject,
  describeWithEngine,
  docker,
  POSTGRES,
  REDIS,
} from '../helpers/real-engine.ts';
import { runDev } from '../helpers/run-dev.ts';

describeWithEngine('export compose', [BOX, POSTGRES, REDIS], () => {
  it('writes what docker compose up --wait starts: in order, healthy, on the ports of the config', async () => {
    const [db, cache, page] = (await freePorts(3)) as [number, number, number];
    const question = `args: [psql, -h, "\${db.host}", -U, postgres, -c, "create table apples (n int)"]`;
    const script = 'echo "cache at $CACHE for $COST" > /www/about; exec httpd -f -p 80 -h /www';
    const project = createContainerProject(`
  db: {container: {image: '${POSTGRES}', volumes: ["data:/var/lib/data"]}, port: ${db}, container_port: 5432, health: {command: pg_isready -h 127.0.0.1, interval: 1s}, env: {POSTGRES_PASSWORD: hidden}}
  cache: {container: '${REDIS}', port: ${cache}, container_port: 6379}
  migrate: {container: {image: '${POSTGRES}', ${question}}, depends_on: [db], restart: "no"}
  page:
    container: {image: '${BOX}', args: [sh, -c, ${JSON.stringify(script)}]}
    port: ${page}
    container_port: 80
    health: {http: /about, interval: 1s}
    env: {CACHE: "\${cache.address}", COST: "5 $$ 100%"}
    depends_on: {cache: ready, migrate: completed}
`);
    const name = composeProject();
    expect(await runDev(project, ['export', 'compose', '-o', 'out'])).toMatchObject({ exitCode: 0 });
    const compose = [
      'compose',
      '-p',
      name,
      '--project-directory',
      project.root,
      '-f',
      `${project.root}/out/compose.export.yaml`,
    ];
    await docker(...compose, 'up', '-d', '--wait', '--wait-timeout', '50');
    const about = await fetch(`http://127.0.0.1:${page}/about`).then((answer) => answer.text());
    expect(about).toBe('cache at cache:6379 for 5 $ 100%\n');
    const tables = [
      'exec',
      '-T',
      'db',
      'psql',
      '-h',
      '127.0.0.1',
      '-U',
      'postgres',
      '-Atc',
      'select count(*) from apples',
    ];
    expect(await docker(...compose, ...tables)).toBe('0');
    await eventually('each is healthy', async () => {
      const states = await docker(...compose, 'ps', '--format', '{{.Service}} {{.Health}}');
      return states.split('\n').toSorted().join() === 'cache healthy,db healthy,page healthy';
    });
  });
});
