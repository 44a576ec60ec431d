// The dialog of a port conflict alone, in its states.

import { describe, expect, it } from 'vitest';
import type { ConflictView, ServiceView } from '../../../../src/core/session/snapshot.ts';
import { ConflictDialog } from '../../../../src/tui/components/dialogs/conflict-dialog.tsx';
import { conflictKey } from '../../../../src/tui/state/selectors.ts';
import type { DialogState, ScreenState } from '../../../../src/tui/state/state.ts';
import { conflictedService, conflictOn, foreignOwner } from '../../../fixtures/screen/scenes.ts';
import { containerCard } from '../../../helpers/container-card.ts';
import { renderPart, screenState } from '../../../helpers/render-part.tsx';

interface Shown {
  readonly dialog?: Partial<DialogState>;
  readonly look?: Partial<ScreenState>;
  readonly size?: { readonly columns: number; readonly rows: number };
}

function dialog(services: readonly ServiceView[], { dialog: asked, look, size }: Shown = {}): readonly string[] {
  const { columns, rows } = size ?? { columns: 100, rows: 24 };
  const state = screenState(services, { size: { columns, rows }, ...look });
  const shown = { ...state, dialog: { ...state.dialog, ...asked } };
  return renderPart(<ConflictDialog area={{ column: 0, row: 0, columns, rows }} />, shown).rows();
}

const backend = (conflict: Partial<ConflictView> = {}): ServiceView =>
  conflictedService('backend', conflictOn(8000, conflict));
const text = (rows: readonly string[]): string => rows.join('\n');

describe('a conflict', () => {
  it('names the owner and what it means, and gives every way out with its key', () => {
    const rows = dialog([backend()]);
    expect(rows[0]).toMatch(/^── port 8000 is taken ─/);
    expect(text(rows)).toContain('backend wants port 8000, and another program listens there.');
    expect(text(rows)).toContain('node (pid 812)  other project shop-old (branch main)');
    expect(text(rows)).toContain('started   2h 10m ago by anna, from zsh (800) ← tmux (512)');
    expect(rows.filter((row) => /^ {2}[▸ ] (p|u|K|c|r|s|Esc) /.test(row))).toHaveLength(7);
    expect(text(rows)).toMatch(/▸ p +use port 8001, or type one +frontend restarts with the new address/);
    expect(text(rows)).toMatch(/c +stop the container +the owner is not a container/);
    expect(text(rows)).toMatch(/Esc +decide later +M \[ \] remember it for this project/);
  });

  it('shows the container rather than its front end', () => {
    const container = containerCard({ id: 'a'.repeat(64), name: 'old-db-1', image: 'postgres:16' });
    const rows = dialog([
      backend({ container, owners: [foreignOwner({ verdict: 'container', name: 'docker-proxy', refusal: 'no' })] }),
    ]);
    expect(text(rows)).toContain('and a container has it');
    expect(text(rows)).toMatch(/old-db-1 \(docker container\)/);
    expect(text(rows)).not.toContain('docker-proxy');
  });

  it('says how to look for an owner that is hidden', () => {
    expect(text(dialog([backend({ owners: [] })]))).toContain('docker ps --filter publish=8000');
  });

  it('says what blocks a port on which nobody listens', () => {
    const obstacle = {
      kind: 'privileged',
      blocks: true,
      message: 'Ports below 1024 need rights.',
      wayOut: 'Take 8080.',
    };
    const rows = dialog([backend({ owners: [], obstacles: [obstacle] as ConflictView['obstacles'] })]);
    expect(rows[0]).toContain('port 8000 is not available');
    expect(text(rows)).toContain('Ports below 1024 need rights. Take 8080.');
  });

  it('says what is being done, and how the last choice went wrong', () => {
    expect(text(dialog([backend({ progress: 'waiting for pid 812 to stop' })]))).toContain(
      '◐ waiting for pid 812 to stop',
    );
    expect(text(dialog([backend({ problem: 'pid 812 came back as pid 900' })]))).toContain(
      '! pid 812 came back as pid 900',
    );
    const asked = dialog([backend()], { dialog: { decided: [conflictKey(backend())] } });
    expect(text(asked)).toContain('◐ asking the session …');
  });

  it('shows the port that is typed, and what is to be remembered', () => {
    const rows = dialog([backend()], {
      dialog: { isToRemember: true, cursor: 1 },
      look: { input: { purpose: 'port', text: '90' } },
    });
    expect(text(rows)).toMatch(/use port 90▏/);
    expect(text(rows)).toContain('M [x] remember it');
    expect(text(rows)).toMatch(/▸ u /);
  });

  it('asks once more before it kills what is not ours', () => {
    const rows = dialog([backend()], { dialog: { isAskingToKill: true } });
    expect(text(rows)).toContain('Kill pid 812, node server.js --port 8000, in /home/anna/work/shop-old?');
    expect(text(rows)).toMatch(/y +kill it and its children\n.*Esc +back to the choices/);
    expect(text(rows)).not.toMatch(/p +use port/);
  });

  it('keeps every choice on the smallest screen', () => {
    const rows = dialog([backend()], { size: { columns: 40, rows: 8 } });
    expect(rows.filter((row) => /^ {2}[▸ ] (p|u|K|c|r|s|Esc) /.test(row))).toHaveLength(7);
    for (const row of rows) expect(row.length).toBeLessThanOrEqual(40);
  });
});

it('lists several conflicts with what was decided, and marks the one that is shown', () => {
  const services = [
    backend({ progress: 'stopping pid 812' }),
    conflictedService('db', conflictOn(6379, { since: '2026-01-02T09:16:08.000Z' })),
    conflictedService('web', conflictOn(5173, { since: '2026-01-02T09:16:08.500Z', problem: 'it came back' })),
  ];
  const rows = dialog(services, { dialog: { shown: conflictKey(services[1]!), isForAll: true } });
  expect(rows[0]).toMatch(/port 6379 is taken ─+ 2 of 3 ──/);
  expect(rows.slice(1, 4)).toEqual([
    '    backend  8000   ◐ stopping pid 812',
    '  ▸ db       6379   to decide · node',
    '    web      5173   ! it came back',
  ]);
  expect(text(rows)).toContain('* [x] the same for all 3');
});
