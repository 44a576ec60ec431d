// devdeck beside other tools for the same job, in one run:
//   npm install --prefix PEERS mprocs turbo concurrently foreman pm2
//   npm run bench:peers -- PEERS [first|fifty|lines|idle|quit]
// first: from the command to the process of the first of ten services, and to that of the last
// fifty: from the command to the process of the last of fifty services
// lines: until a service has written 1 000 000 lines of 100 bytes, beside a bare reader of the same terminal
// idle:  ten quiet services: CPU of a second and memory (PSS) of the tool itself, not of the services
// quit:  from the key to the end of the tool, ten services that end at once
// Each tool has the same services and a terminal of 120 × 40, and has run once before in the same folder. A process counts
// as started when it has made a file.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawn } from '@lydell/node-pty';
import { peerTools } from './peer-tools.mjs';
import { bareReaderMs, env, folder, quantile, reachFiles, runParts, spentBy, writeLines } from './rig.mjs';

const ROUNDS = 5;
const LINES = 1_000_000;
const SETTLED_S = 65;
const IDLE_S = 20;

const [peers, ...wanted] = process.argv.slice(2);
if (peers === undefined || !existsSync(join(peers, 'node_modules'))) {
  console.error('Usage: npm run bench:peers -- PEERS [first|fifty|lines|idle|quit]');
  console.error('PEERS is a folder made by: npm install --prefix PEERS mprocs turbo concurrently foreman pm2');
  process.exit(2);
}
const tools = peerTools(join(resolve(peers), 'node_modules'));

let runs = 0;

/** Starts a tool with `count` services that run `script`; `reach(n)` resolves when n of them have made their file. */
function start(name, count, script) {
  const { prepare, command, quit } = tools[name];
  const root = join(folder, `${name}-${count}-${script.name}`);
  const place = join(root, 'started');
  if (!existsSync(root)) {
    mkdirSync(root, { recursive: true });
    const scripts = Array.from({ length: count }, (_, index) => join(root, `s${index}.sh`));
    for (const path of scripts) writeFileSync(path, `: > ${place}/$$\n${script(root)}\n`);
    prepare(root, scripts);
  }
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place);
  const mark = `devdeck-peer-${process.pid}-${(runs += 1)}`;
  const own = { ...env, PEER_RUN: mark, PM2_HOME: join(root, 'pm2'), TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
  const startedAt = performance.now();
  const [file, ...args] = command;
  const terminal = spawn(file, args, { cwd: root, env: own, cols: 120, rows: 40 });
  const ended = new Promise((done) => terminal.onExit(() => done(performance.now())));
  terminal.onData(() => {});
  return {
    root,
    terminal,
    ended,
    mark,
    reach: (n) => reachFiles(place, n, 90_000).then((at) => at - startedAt),
    end: async () => {
      if (quit === undefined) spawnSync(command[0], ['kill'], { cwd: root, env: own, stdio: 'ignore' });
      else terminal.write(quit);
      await Promise.race([ended, sleep(3_000)]);
      for (const pid of pidsOf(mark)) killHard(pid);
      await sleep(200);
    },
  };
}

const belongsTo = (mark) => (environment) => environment.includes(`PEER_RUN=${mark}\0`);

/** Every process that was started by this run. */
function pidsOf(mark) {
  return readdirSync('/proc').flatMap((name) => {
    try {
      const isOurs = /^\d+$/.test(name) && belongsTo(mark)(readFileSync(`/proc/${name}/environ`, 'utf8'));
      return isOurs ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

function killHard(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // gone meanwhile
  }
}

/** By the tool's own processes. */
function spent(name, mark) {
  return spentBy((words, environment) => {
    const command = words.join(' ');
    return belongsTo(mark)(environment) && tools[name].own.test(command) && !/^(?:sh|npm|sleep|cat)\b/.test(command);
  });
}

async function eachTool(measure, names = Object.keys(tools)) {
  for (const name of names) {
    try {
      console.log(`  ${name.padEnd(14)} ${await measure(name)}`);
    } catch (error) {
      console.log(`  ${name.padEnd(14)} not measured: ${error.message}`);
    }
  }
}

async function median(measure) {
  const values = [];
  for (let round = 0; round <= ROUNDS; round += 1) values.push(await measure());
  return quantile(values.slice(1), 0.5);
}

const quiet = () => 'exec sleep 1000';

const million = join(folder, 'million');
const flood = (root) => `cat ${million}\n: > ${root}/written\nexec sleep 1000`;

async function untilStarted(name, count, n) {
  const run = start(name, count, quiet);
  try {
    return await run.reach(n);
  } finally {
    await run.end();
  }
}

const parts = {
  first: async () => {
    console.log('ten services: to the first process, to the last');
    await eachTool(async (name) => {
      const first = await median(() => untilStarted(name, 10, 1));
      const last = await median(() => untilStarted(name, 10, 10));
      return `${first.toFixed(0)} ms, ${last.toFixed(0)} ms`;
    });
  },
  fifty: async () => {
    console.log('fifty services: to the last process');
    await eachTool(async (name) => `${(await median(() => untilStarted(name, 50, 50))).toFixed(0)} ms`);
  },
  lines: async () => {
    console.log(`${LINES.toLocaleString('en')} lines: until the service has written them, CPU of the tool`);
    writeLines(million, LINES);
    const script = join(folder, 'million.sh');
    writeFileSync(script, `cat ${million}; echo the-end; exec sleep 1000`);
    const bareMs = await median(() => bareReaderMs(script));
    console.log(`  ${'a bare reader'.padEnd(14)} ${bareMs.toFixed(0)} ms`);
    await eachTool(async (name) => {
      const cpu = [];
      const ms = await median(async () => {
        const run = start(name, 1, flood);
        const written = join(run.root, 'written');
        rmSync(written, { force: true });
        try {
          const startedAt = performance.now();
          await run.reach(1);
          const before = spent(name, run.mark).cpuMs;
          const beganAt = performance.now();
          while (!existsSync(written)) {
            if (performance.now() - startedAt > 90_000) throw new Error('not written after 90 s');
            await sleep(2);
          }
          const tookMs = performance.now() - beganAt;
          await sleep(500);
          cpu.push(spent(name, run.mark).cpuMs - before);
          return tookMs;
        } finally {
          await run.end();
        }
      });
      const cpuS = (quantile(cpu, 0.5) / 1000).toFixed(2);
      return `${ms.toFixed(0)} ms, ${(ms / bareMs).toFixed(2)} × a bare reader, CPU ${cpuS} s`;
    });
  },
  idle: async () => {
    console.log('ten quiet services, a minute after the start: CPU of a second, memory');
    // One after the other: memory that two programs share counts half for each.
    await eachTool(async (name) => {
      const run = start(name, 10, quiet);
      try {
        await run.reach(10);
        await sleep(SETTLED_S * 1000);
        const before = spent(name, run.mark);
        await sleep(IDLE_S * 1000);
        const after = spent(name, run.mark);
        const cpuMs = (after.cpuMs - before.cpuMs) / IDLE_S;
        return `${cpuMs.toFixed(1)} ms, ${(after.pssBytes / 1e6).toFixed(0)} MB`;
      } finally {
        await run.end();
      }
    });
  },
  quit: async () => {
    console.log('from the key to the end, ten services');
    const withKey = Object.keys(tools).filter((name) => tools[name].quit !== undefined);
    await eachTool(async (name) => {
      const ms = await median(async () => {
        const run = start(name, 10, quiet);
        try {
          await run.reach(10);
          await sleep(1_500);
          const pressedAt = performance.now();
          run.terminal.write(tools[name].quit);
          const limit = sleep(20_000).then(() => undefined);
          const endedAt = await Promise.race([run.ended, limit]);
          if (endedAt === undefined) throw new Error('still there after 20 s');
          return endedAt - pressedAt;
        } finally {
          await run.end();
        }
      });
      return `${ms.toFixed(0)} ms`;
    }, withKey);
  },
};

await runParts(parts, wanted);
process.exit();
