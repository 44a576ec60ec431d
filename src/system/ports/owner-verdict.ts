// The verdict on the owner of a port: its relation to us, the meaning for the person, and whether it may be stopped.
// Pure: facts come in, sentences go out. A name only ever protects a process; it never makes one a target.

import { basename } from 'node:path';
import type { Verdict } from '../../core/model/port-owner.ts';
import type { OwningProject } from './owning-project.ts';
import { valueOf } from '../process/process-table.ts';
import { printable } from '../printable.ts';
import type { OwnerContext, ProcessIdentity } from '../system.ts';

export interface Subject extends ProcessIdentity {
  readonly name: string;
  readonly argv: readonly string[];
  readonly uid: number | undefined;
  readonly user: string;
  readonly project: OwningProject | undefined;
  readonly environ: string | undefined;
  readonly inOtherContainer: boolean;
}

/** The process that asks. */
export interface Judge {
  readonly pid: number;
  readonly uid: number;
  /** Our parent, its parent, and so on. */
  readonly ancestors: ReadonlySet<number>;
}

export interface Judgement {
  readonly verdict: Verdict;
  readonly meaning: string;
  readonly refusal: string | null;
}

/** Programs that hold a port on behalf of containers. Stopping one cuts off every container behind it. */
const CONTAINER_FRONT_ENDS =
  /^(docker-proxy|dockerd|com\.docker|vpnkit|containerd|rootlesskit|rootlessport|slirp4netns|pasta|passt|gvproxy|conmon|colima|lima|orbstack)/i;

export function judge(subject: Subject, port: number, context: OwnerContext, by: Judge): Judgement {
  if (subject.pid === by.pid) return never('ours', 'devdeck itself listens here.', 'it is devdeck itself');
  if (subject.pid <= 1) {
    return never('system', 'The first process of the system holds it: take another port.', 'pid 1 carries the system');
  }
  if (by.ancestors.has(subject.pid)) {
    const meaning = 'devdeck was started from inside this program: take another port.';
    return never('foreign', meaning, 'devdeck runs inside it and would end with it');
  }
  if (context.ours.has(subject.pid)) {
    return allowed('ours', `${serviceOf(subject) ?? 'A service'} of this session holds it.`);
  }
  if (isContainerFrontEnd(subject)) {
    return never('container', containerMeaning(subject, port), 'it serves containers; stop the container instead');
  }
  if (subject.inOtherContainer) {
    const meaning = 'It runs inside a container: stop that container, or take another port.';
    return never('container', meaning, 'it runs inside a container; stop the container instead');
  }
  return system(subject, by) ?? stranger(subject, context);
}

function system(subject: Subject, by: Judge): Judgement | undefined {
  if (/^(systemd|launchd)$/.test(subject.name)) {
    const meaning = 'The system keeps this port open for one of its services: stop that service, or take another port.';
    return never('system', meaning, 'it starts and stops the services of the system');
  }
  if (subject.name.startsWith('ControlCe')) {
    const meaning =
      'macOS uses it for AirPlay Receiver: switch that off in System Settings, General, AirDrop & Handoff, or take another port.';
    return never('system', meaning, 'macOS starts it again at once');
  }
  if (subject.uid === undefined || (by.uid !== 0 && subject.uid !== by.uid)) {
    const meaning = `It belongs to the user ${subject.user}, so you may not stop it: ask ${subject.user}, or take another port.`;
    return never('system', meaning, `it belongs to the user ${subject.user}`);
  }
  return undefined;
}

function stranger(subject: Subject, context: OwnerContext): Judgement {
  const { project } = subject;
  const isRecorded = context.recorded.some(
    ({ pid, startTicks }) => pid === subject.pid && startTicks === subject.startTicks,
  );
  if (isRecorded) return allowed('left over', 'An earlier session of this project left it behind: safe to stop.');

  const isHere = project?.root === context.root;
  const service = serviceOf(subject);
  if (project?.isConfigured && !isHere) {
    const what = service ?? 'A program';
    return allowed(
      'other project',
      `${what} of the project ${printable(project.name)} uses it: stop it there, or take another port here.`,
    );
  }
  if (service !== undefined && !isHere) {
    return allowed(
      'other project',
      `${service} of another devdeck session uses it: stop it there, or take another port here.`,
    );
  }
  return allowed('foreign', foreignMeaning(subject, { isHere }));
}

function foreignMeaning(subject: Subject, { isHere }: { readonly isHere: boolean }): string {
  if (isHere && valueOf(subject.environ, 'DEV_SESSION') !== undefined) {
    return 'It was started by devdeck in this project, but no session remembers it: most likely safe to stop.';
  }
  if (isHere) return 'It runs in this project but was started by hand, perhaps in another terminal.';
  if (/^sshd?$/.test(subject.name)) return 'ssh forwards this port: to stop it ends that connection.';
  if (subject.project) {
    return `It works in ${printable(subject.project.name)}, not in this project: stop it if you no longer need it.`;
  }
  return 'Nothing ties it to this project: see its command before you stop it.';
}

function isContainerFrontEnd({ name, argv }: Subject): boolean {
  const program = basename(argv[0] ?? '');
  if (CONTAINER_FRONT_ENDS.test(name) || CONTAINER_FRONT_ENDS.test(program)) return true;
  // Colima and Lima forward ports through a multiplexed ssh whose control socket lies in their own folder.
  return name === 'ssh' && argv.some((argument) => /\/\.?(colima|lima)\//.test(argument));
}

function containerMeaning(subject: Subject, port: number): string {
  const isDocker = /docker|vpnkit/i.test(subject.name) || /docker/i.test(subject.argv[0] ?? '');
  return isDocker
    ? `Docker publishes this port for a container: find it with "docker ps --filter publish=${port}", then "docker stop NAME".`
    : `A container publishes this port through ${printable(subject.name)}: stop the container, or take another port.`;
}

/** `The service "web"`, when a devdeck session started it. */
function serviceOf({ environ }: Subject): string | undefined {
  const service = valueOf(environ, 'DEV_SERVICE');
  return valueOf(environ, 'DEV_SESSION') !== undefined && service ? `The service "${printable(service)}"` : undefined;
}

function allowed(verdict: Verdict, meaning: string): Judgement {
  return { verdict, meaning, refusal: null };
}

function never(verdict: Verdict, meaning: string, refusal: string): Judgement {
  return { verdict, meaning, refusal };
}
