// Whether the ports of the project can be had, as a start would find them.

import type { PortReport } from '../../core/model/port-facts.ts';
import type { Project, ServiceSpec } from '../../core/model/project.ts';
import { plannedPorts } from '../../core/session/service-ports.ts';
import type { CliContext } from '../context/context.ts';
import { ownerName } from '../../format/owner-facts.ts';
import { lookAtPorts } from '../text/port-look.ts';
import type { Finding, Level } from './finding.ts';

export async function checkPorts(context: CliContext, project: Project): Promise<readonly Finding[]> {
  // A folder that keeps sessions from being found is a finding of its own.
  const look = await lookAtPorts(context, { needsProject: false });
  try {
    return await Promise.all(
      project.services.flatMap((service) => {
        const view = look.snapshot?.services.find(({ name }) => name === service.name);
        return plannedPorts(service, view).map(({ port }) =>
          look.inspect(port).then((report) => judge(service, report)),
        );
      }),
    );
  } finally {
    look.session?.close();
  }
}

/** One that needs no privilege. */
function otherPort(port: number): number {
  return port < 1024 ? port + 8000 : Math.min(port + 1, 65_535);
}

function judge({ name, onConflict, onConflictElse = [] }: ServiceSpec, { port, inUse, owners }: PortReport): Finding {
  const finding = (level: Level, message: string, fix?: string): Finding => ({
    area: 'ports',
    subject: name,
    level,
    message,
    ...(fix === undefined ? {} : { fix }),
  });
  if (!inUse) return finding('ok', `port ${port} is free`);
  if (owners.length > 0 && owners.every(({ verdict }) => verdict === 'ours')) {
    return finding('ok', `port ${port} is held by this session`);
  }
  const who = owners.length === 0 ? 'a program that is hidden from you' : owners.map(ownerName).join(', ');
  const taken = `port ${port} is taken by ${who}`;
  if (owners.some(({ verdict }) => verdict === 'left over')) {
    return finding(
      'warn',
      `${taken}, left over from an earlier session`,
      `./dev kill ${port}; the next start asks, or does it by itself`,
    );
  }
  if (onConflict === 'ask' || onConflict === 'fail') {
    return finding('fail', taken, `./dev kill ${port}, or another port: ./dev up --port ${name}=${otherPort(port)}`);
  }
  return finding(
    'warn',
    `${taken}; a start would ${[onConflict, ...onConflictElse].join(', else ')}`,
    `./dev ports ${port} shows the owner`,
  );
}
