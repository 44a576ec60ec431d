import { describe, expect, it } from 'vitest';
import {
  decisionOf,
  recall,
  toRemember,
  withRemembered,
  type RememberedChoice,
} from '../../../src/core/ports/remembered-choice.ts';
import type { OwnerCard } from '../../../src/core/model/port-owner.ts';
import { CoreSession, ownerCard } from '../../helpers/core-session.ts';
import { portSpec, serviceSpec } from '../../helpers/service-spec.ts';

const takenBy = (...owners: Partial<OwnerCard>[]) => ({
  port: 8000,
  addresses: ['127.0.0.1'],
  owners: owners.map((owner) => ownerCard(8000, owner)),
});
const shopOld = { name: 'shop-old', root: '/old', branch: null };
const remembered = (choice: 'kill' | 'reroute' | 'reuse', use = takenBy({})): RememberedChoice => {
  const made = toRemember('backend', choice, use);
  if (made === undefined) throw new Error('nothing to remember');
  return made;
};

describe('a remembered kill', () => {
  const known = [remembered('kill', takenBy({ verdict: 'foreign' }))];

  it('is for the same kind of program with any pid', () => {
    expect(recall(known, 'backend', takenBy({ pid: 4, startTicks: 9 }))).toEqual(known[0]);
  });

  it.each([
    ['another program', takenBy({ name: 'ruby' })],
    ['the same program in another role', takenBy({ verdict: 'other project' })],
    ['the same program of a project', takenBy({ project: shopOld })],
    ['a second owner beside it', takenBy({}, { pid: 900, name: 'ruby' })],
    ['somebody hidden', { port: 8000, addresses: ['0.0.0.0'], owners: [] }],
  ])('is not for %s', (_who, use) => {
    expect(recall(known, 'backend', use)).toBeUndefined();
  });

  it('is not for another service', () => {
    expect(recall(known, 'frontend', takenBy({}))).toBeUndefined();
  });

  it('stops the present owner of the port', () => {
    const today = takenBy({ pid: 4, startTicks: 9 });
    expect(decisionOf(remembered('kill'), today)).toEqual({ choice: 'kill', owners: [{ pid: 4, startTicks: 9 }] });
  });
});

describe('remembering', () => {
  it('keeps a decision to reroute for any owner', () => {
    const known = [remembered('reroute')];
    expect(recall(known, 'backend', takenBy({ name: 'ruby' }))?.choice).toBe('reroute');
  });

  it('keeps the newest of two that contradict each other', () => {
    const both = withRemembered([remembered('kill')], remembered('reroute'));
    expect(both).toEqual([remembered('reroute')]);
    expect(withRemembered(both, remembered('reuse'))).toEqual([remembered('reuse')]);
  });

  it('keeps choices about different owners side by side', () => {
    expect(withRemembered([remembered('kill')], remembered('reuse', takenBy({ name: 'ruby' })))).toHaveLength(2);
  });

  it('stores nothing for a second try or a hidden owner', () => {
    expect(toRemember('backend', 'retry', takenBy({}))).toBeUndefined();
    expect(toRemember('backend', 'kill', takenBy())).toBeUndefined();
  });
});

describe('the session', () => {
  const start = { type: 'start', names: [], options: {} } as const;
  const shop = (onConflict: 'ask' | 'fail' = 'ask') =>
    new CoreSession([serviceSpec('backend', { port: portSpec(8000), onConflict })]).send({
      type: 'attendanceChanged',
      isAttended: true,
    });
  const met = (session: CoreSession, choice: RememberedChoice) =>
    session.send({
      type: 'portChecked',
      service: 'backend',
      epoch: session.service('backend').epoch,
      use: takenBy({}),
      remembered: choice,
    });

  it('applies a remembered choice at once, and logs it', () => {
    const session = met(shop().send(start), remembered('kill'));
    expect(session.take('stopOwners')).toMatchObject([{ owners: [{ pid: 812 }] }]);
    expect(session.take('note').map(({ text }) => text)).toContain('remembered for this project: kill');
  });

  it.each(['ask', 'reroute'] as const)('follows --on-conflict %s instead', (onConflict) => {
    const session = met(shop().send({ ...start, options: { onConflict } }), remembered('kill'));
    expect(session.take('stopOwners')).toEqual([]);
  });

  it('follows the policy of the config instead', () => {
    expect(met(shop('fail').send(start), remembered('kill')).status('backend')).toBe('failed');
  });

  it('stores a choice only when the person asked for it', () => {
    const session = shop().send(start).portTaken('backend');
    session.send({ type: 'resolveConflict', service: 'backend', decision: { choice: 'skip', remember: true } });
    expect(session.take('remember')).toMatchObject([{ choice: { service: 'backend', choice: 'skip' } }]);
    const other = shop().send(start).portTaken('backend');
    other.send({ type: 'resolveConflict', service: 'backend', decision: { choice: 'skip' } });
    expect(other.take('remember')).toEqual([]);
  });

  it('stores no unavailable choice', () => {
    const session = shop().send(start).portTaken('backend', { refusal: 'it belongs to root' });
    const decision = { choice: 'kill', owners: [], remember: true } as const;
    session.send({ type: 'resolveConflict', service: 'backend', decision });
    expect(session.take('remember')).toEqual([]);
  });
});
