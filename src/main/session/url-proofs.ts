// What bin/answer.sh has to find in /proc before it prints the URL of a service: the sockets that listen on its port, and
// which process of the service holds each. There is none unless every listener on the port is such a socket.
// Trap: to search the kernel's table takes milliseconds, so a proof is kept until the service listens otherwise. One that
// does not hold any more only costs a question to Node.

import { provenAddress } from '../../cli/passport/answering.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type { ServiceView } from '../../core/session/snapshot.ts';
import { readStat } from '../../system/linux/proc.ts';
import { readListeners, socketDescriptors, type SocketRow } from '../../system/linux/socket-table.ts';

export class UrlProofs {
  readonly #known = new Map<ServiceName, { readonly facts: string; readonly text: string }>();

  /** `NAME URL PORT SOCKETS` of each service that can be proven; its form: answer-text.ts. */
  of(services: readonly ServiceView[]): readonly string[] {
    let rows: readonly SocketRow[] | undefined;
    return services.flatMap((view) => {
      const { name, port, url, address, listening } = view;
      if (!mayBeProven(view)) return [];
      const facts = JSON.stringify([port, url, address, listening]);
      const known = this.#known.get(name);
      if (known?.facts === facts) return [known.text];
      this.#known.delete(name);
      rows ??= readListeners();
      const text = proofText(view, services, rows);
      if (text === undefined) return [];
      this.#known.set(name, { facts, text });
      return [text];
    });
  }
}

/** The rest, such as containers and servers that stand in for a service, is left to Node. */
function mayBeProven({ port, external, container, conflict, secondListener, listening }: ServiceView): boolean {
  const isPlain = !external && container === null && conflict === null && secondListener === null;
  return isPlain && listening.some((at) => at.port === port && at.protocol === undefined);
}

function proofText(
  view: ServiceView,
  services: readonly ServiceView[],
  rows: readonly SocketRow[],
): string | undefined {
  const { name, port } = view;
  const others = new Set(services.filter((other) => other.name !== name).flatMap(({ pids }) => pids));
  const holders = view.pids.filter((pid) => !others.has(pid)).map((pid) => ({ pid, sockets: socketDescriptors(pid) }));
  const listeners = rows.filter((row) => row.port === port);
  const sockets = listeners.map(({ inode }) => {
    const holder = holders.find((each) => each.sockets?.has(inode));
    const startTicks = holder && readStat(holder.pid)?.startTicks;
    if (holder === undefined || startTicks === undefined) return undefined;
    return [inode, holder.pid, startTicks, holder.sockets?.get(inode)].join(':');
  });
  const proven = provenAddress(view, [{ isOurs: true, addresses: listeners.map(({ address }) => address) }]);
  if (port === null || proven === undefined || sockets.includes(undefined) || !/^[!-~]+$/.test(proven.url)) {
    return undefined;
  }
  return [name, proven.url, port.toString(16).toUpperCase().padStart(4, '0'), sockets.join(',')].join(' ');
}
