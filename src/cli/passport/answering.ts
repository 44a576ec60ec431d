// Who answers on a port at each address of this machine: a listener on the very address goes before one on all addresses,
// and one on all addresses of IPv6 also answers IPv4, where nobody else does.

export interface ListeningOwner {
  readonly isOurs: boolean;
  readonly addresses: readonly string[];
}

type Answer = 'ours' | 'theirs' | 'nobody';

const FOUR = ['127.0.0.1', '0.0.0.0', '*', '::'];
const SIX = ['::1', '::', '*'];

/**
 * The host under which only our process answers: `host` itself where nobody else is met under it, else the address of
 * one family. Undefined when every address leads to somebody else, or to nobody.
 * @param host as the config says it: a name, or an address
 */
export function answeringHost(host: string, owners: readonly ListeningOwner[]): string | undefined {
  const four = answerAt(FOUR, owners);
  const six = answerAt(SIX, owners);
  if (host !== 'localhost') {
    const at = host.includes(':')
      ? answerAt([host, ...SIX.slice(1)], owners)
      : answerAt([host, ...FOUR.slice(1)], owners);
    return at === 'ours' ? host : undefined;
  }
  // A client tries every address of the name, so nobody else may be met at any of them.
  if ((four === 'ours' || six === 'ours') && four !== 'theirs' && six !== 'theirs') return host;
  if (four === 'ours') return '127.0.0.1';
  return six === 'ours' ? '::1' : undefined;
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
