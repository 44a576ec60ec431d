import { expect, it } from 'vitest';
import type { Command } from '../../../src/core/model/project.ts';
import { createShortCommands } from '../../../src/system/process/short-commands.ts';

async function run(command: Command, timeoutMs = 20_000) {
  let output = '';
  const onData = (bytes: Buffer): void => void (output += bytes.toString());
  const env = { PATH: process.env['PATH'] ?? '' };
  const result = await createShortCommands().run({ command, cwd: '/', env, timeoutMs, onData });
  return { ...result, output };
}

function shell(line: string): Command {
  return { kind: 'shell', line };
}

it('tells how a command ended, with what it wrote on both streams', async () => {
  expect(await run(shell('echo one; echo two >&2'))).toEqual({
    ok: true,
    exitCode: 0,
    message: 'exited with code 0',
    output: 'one\ntwo\n',
  });
  expect(await run(shell('exit 3'))).toMatchObject({ ok: false, exitCode: 3 });
  expect(await run(shell('kill -KILL $$'))).toMatchObject({ ok: false, message: 'ended by SIGKILL' });
  expect(await run(shell('sleep 1000'), 50)).toMatchObject({ ok: false, message: 'timed out after 0.05 s' });
  expect(await run({ kind: 'argv', argv: ['/nowhere/tool'] })).toMatchObject({ ok: false });
});

it('does not wait for what a command leaves in the background with its output open', async () => {
  const { output, ...result } = await run(shell('sleep 1000 & echo $!; exit 1'));
  process.kill(Number(output), 'SIGKILL');
  expect(result).toEqual({ ok: false, exitCode: 1, message: 'exited with code 1' });
});
