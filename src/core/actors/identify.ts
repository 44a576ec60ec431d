// Finds the actor of a client. Its process and ancestors count more than its own claim: a marker removed from a
// command's environment is still in the environment of the shell around it.

import { terminalSafe } from '../output/unseen.ts';
import type { Actor, ActorKind, ClientClaim } from '../model/actor.ts';
import type { ProcessIdentity } from '../model/run.ts';
import { agentMarker, agentMarkersIn, agentOf, agentProgram } from './markers.ts';

export interface ChainLink extends ProcessIdentity {
  readonly name: string;
  /** `KEY=value` entries, each ended by NUL; undefined when they are hidden. */
  readonly environ: string | undefined;
}

export interface Identity {
  readonly actor: Actor;
  /** The same for the same agent after it has connected again: its name and the process that it runs in. */
  readonly key: string;
  /** The agent's process, or the shell that the command was typed in; undefined where it is not seen. */
  readonly home: ProcessIdentity | undefined;
}

/** Our own script, as the system names its process. */
const LAUNCHERS = new Set(['devdeck', 'dev']);
/** They come and go with each command of an agent. */
const SHELLS = new Set([...LAUNCHERS, 'sh', 'bash', 'zsh', 'dash', 'fish', 'ksh', 'busybox', 'env', 'timeout']);
const LONGEST_NAME = 60;

/**
 * @param chain the client's process and then its ancestors; empty when it has gone already
 * @param user the name of this user
 */
export function identify(claim: ClientClaim, chain: readonly ChainLink[], user: string): Identity {
  const [, ...ancestors] = chain;
  const origin = ancestors.find(({ name }) => !SHELLS.has(name)) ?? ancestors[0];
  const agent = agentName(claim, chain);
  if (agent !== undefined) {
    const name = claim.version === undefined ? agent : `${agent} ${claim.version}`;
    return { actor: actorOf('agent', name, claim), key: keyOf('agent', agent, origin), home: identityOf(origin) };
  }
  const home = identityOf(ancestors.find(({ name }) => !LAUNCHERS.has(name)));
  if (isPerson(claim)) return { actor: actorOf('person', user, claim), key: keyOf('person', user), home };
  const name = origin?.name ?? 'script';
  return { actor: actorOf('script', name, claim), key: keyOf('script', name, origin), home };
}

function actorOf(kind: ActorKind, name: string, { via, pid }: ClientClaim): Actor {
  return { kind, name: terminalSafe(name).slice(0, LONGEST_NAME), via, pid };
}

function keyOf(kind: ActorKind, name: string, origin?: ProcessIdentity): string {
  return [kind, name, ...(origin === undefined ? [] : [origin.pid, origin.startTicks])].join(' ');
}

function identityOf(link: ProcessIdentity | undefined): ProcessIdentity | undefined {
  return link === undefined ? undefined : { pid: link.pid, startTicks: link.startTicks };
}

function agentName(claim: ClientClaim, chain: readonly ChainLink[]): string | undefined {
  if (claim.via === 'mcp') return claim.name ?? 'agent';
  const marked = chain.map(({ environ }) => markedBy(environ)).find((name) => name !== undefined);
  const program = chain.map(({ name }) => agentProgram(name)).find((name) => name !== undefined);
  return marked ?? program ?? (claim.marker === undefined ? undefined : agentOf(claim.marker, undefined));
}

function markedBy(environ: string | undefined): string | undefined {
  if (environ === undefined) return undefined;
  const env = agentMarkersIn(environ);
  const marker = agentMarker(env);
  return marker === undefined ? undefined : agentOf(marker, env[marker]);
}

function isPerson({ via, hasTerminal }: ClientClaim): boolean {
  return via === 'screen' || hasTerminal;
}
