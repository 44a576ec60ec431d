import { describe, expect, it } from 'vitest';
import { judge, type Judge, type Subject } from '../../../src/system/ports/owner-verdict.ts';
import type { OwnerContext } from '../../../src/system/system.ts';

describe('the verdict on an owner', () => {
  it.each([
    ['docker-proxy', ['/usr/bin/docker-proxy', '-proto', 'tcp', '-host-port', '8000', '-container-ip', '172.17.0.2']],
    ['com.docker.back', ['/Applications/Docker.app/Contents/MacOS/com.docker.backend']],
    ['containerd-shim', ['/usr/bin/containerd-shim-runc-v2', '-namespace', 'moby']],
    ['rootlesskit', ['rootlesskit', '--net=slirp4netns']],
    ['slirp4netns', ['slirp4netns', '--mtu', '65520']],
    ['rootlessport', ['rootlessport']],
    ['pasta.avx2', ['/usr/bin/pasta', '--config-net']],
    ['ssh', ['ssh', '-S', '/Users/ann/.colima/_lima/colima/ssh.sock', '-L', '8000:127.0.0.1:8000']],
  ])('spares %s, which serves containers', (name, argv) => {
    expect(verdict({ name, argv })).toMatchObject({
      verdict: 'container',
      refusal: 'it serves containers; stop the container instead',
    });
  });

  it('says how to find the container behind docker-proxy', () => {
    expect(verdict({ name: 'docker-proxy', argv: ['/usr/bin/docker-proxy'] }).meaning).toBe(
      'Docker publishes this port for a container: find it with "docker ps --filter publish=8000", then "docker stop NAME".',
    );
  });

  it.each([
    ['pid 1', { pid: 1, name: 'init' }, 'pid 1 carries the system'],
    ['systemd of a user', { name: 'systemd' }, 'it starts and stops the services of the system'],
    ['AirPlay of macOS', { name: 'ControlCenter' }, 'macOS starts it again at once'],
    ['another user', { uid: 1001, user: 'bob' }, 'it belongs to the user bob'],
    ['a process whose user is unknown', { uid: undefined, user: 'uid unknown' }, 'it belongs to the user uid unknown'],
  ] as const)('leaves %s to the system', (_name, subject, refusal) => {
    expect(verdict(subject)).toMatchObject({ verdict: 'system', refusal });
  });

  it("judges another user's process normally for root", () => {
    expect(verdict({ uid: 1001, user: 'bob' }, {}, { uid: 0 })).toMatchObject({ verdict: 'foreign', refusal: null });
  });

  it('does not treat a process with a reused pid as left over', () => {
    const recorded = [{ pid: 812, startTicks: 4999 }];
    expect(verdict({}, { recorded }).verdict).toBe('foreign');
    expect(verdict({}, { recorded: [{ pid: 812, startTicks: 5000 }] }).verdict).toBe('left over');
  });

  it('never depends on the name of a process of this session', () => {
    expect(verdict({ name: 'docker-proxy' }, { ours: new Set([812]) })).toMatchObject({
      verdict: 'ours',
      refusal: null,
    });
  });

  it.each([
    ['started by hand in this project', { project: project('/shop') }, 'started by hand'],
    [
      'of this project, without a record',
      { project: project('/shop'), environ: 'DEV_SESSION=x\0' },
      'no session remembers it',
    ],
    ['that forwards a port', { name: 'ssh' }, 'ssh forwards this port'],
    ['of another folder', { project: project('/blog') }, 'works in blog'],
    ['without a project', {}, 'Nothing ties it to this project'],
  ])('tells a program %s apart', (_name, subject, words) => {
    const judgement = verdict(subject);
    expect(judgement).toMatchObject({ verdict: 'foreign', refusal: null });
    expect(judgement.meaning).toContain(words);
  });

  it('names the project and service of another config', () => {
    const other = { ...project('/blog'), isConfigured: true };
    const environ = 'DEV_SESSION=x\0DEV_SERVICE=web\0';
    expect(verdict({ project: other, environ })).toMatchObject({
      verdict: 'other project',
      meaning: 'The service "web" of the project blog uses it: stop it there, or take another port here.',
    });
  });
});

const ANN: Judge = { pid: 700, uid: 1000, ancestors: new Set([1, 600]) };

function verdict(subject: Partial<Subject>, context: Partial<OwnerContext> = {}, by: Partial<Judge> = {}) {
  const owner: Subject = {
    pid: 812,
    startTicks: 5000,
    name: 'node',
    argv: ['node', 'server.js'],
    uid: 1000,
    user: 'ann',
    project: undefined,
    environ: undefined,
    inOtherContainer: false,
    ...subject,
  };
  return judge(owner, 8000, { root: '/shop', ours: new Set(), recorded: [], ...context }, { ...ANN, ...by });
}

function project(root: string) {
  return { name: root.slice(1), root, branch: null, isConfigured: false };
}
