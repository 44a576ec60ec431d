// The whole help as it is printed at 80 columns, kept as files: what users read is looked at when it changes.

import { expect, it } from 'vitest';
import { COMMANDS } from '../../../src/cli/arguments/commands-table.ts';
import { runScripted } from '../scripted-context.ts';

it.each(['help', 'help exit-codes', ...COMMANDS.map(({ name }) => `help ${name}`)])('%s', async (line) => {
  const run = runScripted(line, { columns: 80 });
  expect(await run.exitCode).toBe(0);
  expect(run.stderr()).toBe('');
  expect(
    Math.max(
      ...run
        .stdout()
        .split('\n')
        .map(({ length }) => length),
    ),
  ).toBeLessThanOrEqual(80);
  await expect(run.stdout()).toMatchFileSnapshot(`golden/${line.replaceAll(' ', '-')}.txt`);
});

it.each(COMMANDS.map(({ name }) => name))('%s --help prints the same as help, and fits 40 columns', async (name) => {
  const [asked, told] = [runScripted(`${name} --help`, { columns: 40 }), runScripted(`help ${name}`, { columns: 40 })];
  expect(await asked.exitCode).toBe(0);
  expect(await told.exitCode).toBe(0);
  expect(asked.stdout()).toBe(told.stdout());
});
