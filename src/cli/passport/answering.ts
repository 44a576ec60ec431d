// The process that answers on a port at each address: a listener on the very address goes before one on all addresses,
// and one on all addresses of IPv6 also answers IPv4 if no other process does.

import type { ServiceView } from '../../core/session/snapshot.ts';

export interface ListeningOwner {
  readonly isOurs: boolean;
  readonly addresses: readonly string[];
}

type Answer = 'ours' | 'theirs' | 'nobody';

const FOUR = ['127.0.0.1', '0.0.0.0', '*', '::'];
const SIX = ['::1', '::', '*'];

/**
 * The host under which only our process answers: `host` itself if no other process answers there, otherwise the address of
 * one family. Undefined when every address leads to another process, or to none.
 * @param host as the config says it: a name, or an address
 */
function answeringHost(host: string, owners: readonly ListeningOwner[]): string | undefined {
  const four = answerAt(FOUR, owners);
  const six = answerAt(SIX, owners);
  if (host !== 'localhost') {
    const at = host.includes(':')
      ? answerAt([host, ...SIX.slice(1)], owners)
      : answerAt([host, ...FOUR.slice(1)], owners);
    return at === 'ours' ? host : undefined;
  }
  // A client tries every address of the name, so no other process may answer at any of them.
  if ((four === 'ours' || six === 'ours') && four !== 'theirs' && six !== 'theirs') return host;
  if (four === 'ours') return '127.0.0.1';
  return six === 'ours' ? '::1' : undefined;
}

/** Where only the service answers, given all listeners on its port. `url`: see Passport. */
export function provenAddress(
  { address, port, url }: Pick<ServiceView, 'address' | 'port' | 'url'>,
  owners: readonly ListeningOwner[],
): { readonly host: string; readonly url: string } | undefined {
  const wanted = address?.slice(0, address.lastIndexOf(':')) ?? 'localhost';
  const host = answeringHost(wanted.replaceAll(/[[\]]/g, ''), owners);
  if (host === undefined) return undefined;
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return { host, url: url === null ? authority : `${new URL(url).protocol}//${authority}` };
}

function answerAt(addresses: readonly string[], owners: readonly ListeningOwner[]): Answer {
  for (const address of addresses) {
    const here = owners.filter((owner) => owner.addresses.includes(address));
    // Two on one address share its connections: then no answer is surely ours.
    if (here.some(({ isOurs }) => !isOurs)) return 'theirs';
    if (here.length > 0) return 'ours';
  }
  return 'nobody';
}
