import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterAll, describe, expect, it } from 'vitest';

const repository = join(import.meta.dirname, '../..');
const copy = mkdtempSync(join(tmpdir(), 'house-'));
cpSync(join(repository, 'src'), join(copy, 'src'), { recursive: true });
symlinkSync(join(repository, 'scripts'), join(copy, 'scripts'));
afterAll(() => rmSync(copy, { recursive: true }));

/** What the check of the rooms says once this file is in the house. */
function houseWith(file: string, text: string): { readonly code: number | null; readonly errors: string } {
  const path = join(copy, 'src', file);
  writeFileSync(path, text);
  const { status, stderr } = spawnSync(process.execPath, ['scripts/house.mjs'], { cwd: copy, encoding: 'utf8' });
  rmSync(path);
  return { code: status, errors: stderr };
}

describe('the check of the rooms', () => {
  it('passes a file that keeps the rules', () => {
    expect(houseWith('core/view/tidy.ts', `import { viewService } from './view.ts';`)).toEqual({ code: 0, errors: '' });
  });

  it.each([
    ['a value of a room it may not use', `import { createPorts } from '../../system/ports/ports.ts';`],
    ['a type of such a room', `import type { Ports } from '../../system/system.ts';`],
    ['a type by its full name', `export type P = import('../../system/system.ts').Ports;`],
    ['a value that is loaded later', `export const later = () => import('../../system/ports/ports.ts');`],
    ['a library that its room does not have', `import { execa } from 'execa';`],
  ])('refuses a file of the core with %s, and says why', (_what, text) => {
    const { code, errors } = houseWith('core/model/intruder.ts', text);
    expect(code).toBe(1);
    expect(errors).toContain('src/core/model/intruder.ts:1 imports ');
    expect(errors).toContain('The core decides and does nothing');
  });

  it('lets a folder import only the folders below it', () => {
    const { code, errors } = houseWith('core/model/climber.ts', `import { step } from '../machine/step.ts';`);
    expect(code).toBe(1);
    expect(errors).toContain('src/core/model lies below src/core/machine');
  });

  it('finds a circle that types alone close', () => {
    const text = `import type { TreeFacts } from './view.ts';\nexport * from './circle.ts';`;
    const { code, errors } = houseWith('core/view/circle.ts', text);
    expect(code).toBe(1);
    expect(errors).toContain('imports go in a circle: core/view/circle.ts.');
  });

  it('asks for a place in the table for a new file outside of all rooms', () => {
    expect(houseWith('lost.ts', '').errors).toContain('src/lost.ts stands in no room');
  });
});
