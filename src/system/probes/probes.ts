// One attempt of a probe. Other code decides when to try, and what follows. Nothing that a service answers, or keeps
// open, can delay an attempt beyond its timeout. A probe of the service's own port counts only if the service itself
// answers: a left-over server would pass for a service that could not even start.

import { connect } from 'node:net';

import { monotonicMs } from '../clock.ts';
import { assertNever } from '../../errors.ts';
import { describeFailure, isConnectFailure, isLoopback, probeAddresses } from './probe-address.ts';
import { probeCommand } from './probe-command.ts';
import type { ProbeAnswer } from './probe-http.ts';
import { printable } from '../printable.ts';
import type { Platform } from '../platform.ts';
import type { ProbeResult, ProbeTarget, Probes, Processes } from '../system.ts';

/** A container's front end closes a connection that leads nowhere at once. */
const FRONT_END_MS = 100;
/** A timeout that comes this much too late was ours: we were stopped, or the machine slept. Then we ask again. */
const STANDSTILL_MS = 500;

export function createProbes(platform: Platform, processes: Pick<Processes, 'spawn' | 'signal'>): Probes {
  const whoAnswers = platform.createListenerCheck();

  /** Addresses to connect to, or why an answer from there would not count. */
  function findAddresses(target: ProbeTarget, host: string, port: number): readonly string[] | ProbeAnswer {
    const isOwnPort = port === target.port && (host === target.host || isLoopback(host));
    const answerer = isOwnPort ? whoAnswers(target, port) : undefined;
    switch (answerer?.kind) {
      case 'nobody':
        return failed(`nothing listens on ${port} yet`);
      case 'by UDP':
        return isUdpEnough(target)
          ? { ok: true, message: `takes datagrams on ${port} (UDP)`, components: [] }
          : failed(`nothing listens on ${port} by TCP; it takes datagrams there (UDP)`);
      case 'stranger':
        return failed(answerer.message);
      case 'service':
        return probeAddresses(host, answerer.addresses);
      case 'unknown':
      case undefined:
        return probeAddresses(host, []);
      default:
        return assertNever(answerer);
    }
  }

  async function checkHttp(target: ProbeTarget, address: string, signal: AbortSignal): Promise<ProbeAnswer> {
    const url = toUrl(target, address);
    if (!url) return failed(`"${printable(address)}" is neither a path nor an http(s) URL, or the service has no port`);
    const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
    const addresses = findAddresses(target, url.hostname.replace(/^\[|\]$/g, ''), port);
    if ('ok' in addresses) return addresses;
    // Not before something listens: node:http costs 8 ms, and a start has better things to do.
    const { probeHttp } = await import('./probe-http.ts');
    return probeHttp(url, addresses, signal);
  }

  async function checkTcp(target: ProbeTarget, place: string | undefined, signal: AbortSignal): Promise<ProbeAnswer> {
    const parsed = place === undefined ? { host: target.host, port: target.port } : parsePlace(place);
    if (!parsed?.port)
      return failed(place ? `"${printable(place)}" is not host:port` : 'the service has no port to check');
    const addresses = findAddresses(target, parsed.host, parsed.port);
    if ('ok' in addresses) return addresses;
    const keepsOpen = target.container !== undefined && parsed.port === target.port;
    return probeTcp(addresses, parsed.port, { signal, keepsOpen });
  }

  async function check(target: ProbeTarget, signal: AbortSignal): Promise<ProbeAnswer> {
    const { check } = target.probe;
    switch (check.kind) {
      case 'http':
        return checkHttp(target, check.url, signal);
      case 'tcp':
        return checkTcp(target, check.target, signal);
      case 'command':
        return { ...(await probeCommand(check.command, target, processes, signal)), components: [] };
      case 'healthcheck':
        return failed('its engine runs this check; there is nobody else to ask');
      case 'log':
        return failed('a log check waits for a line of output; there is nothing to ask');
      default:
        return assertNever(check);
    }
  }

  async function ask(target: ProbeTarget): Promise<ProbeResult> {
    const { timeoutMs } = target.probe;
    const startedAtMs = monotonicMs();
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), timeoutMs);
    let answer: ProbeAnswer;
    try {
      answer = await check(target, abort.signal);
    } catch (error) {
      answer = failed(abort.signal.aborted ? `timed out after ${timeoutMs / 1000} s` : printable(String(error), 200));
    } finally {
      clearTimeout(timer);
    }
    return { ...answer, latencyMs: Math.round((monotonicMs() - startedAtMs) * 10) / 10 };
  }

  return {
    attempt: async (target) => {
      const result = await ask(target);
      const stoodStill = result.latencyMs > target.probe.timeoutMs + STANDSTILL_MS;
      return stoodStill && !result.ok ? ask(target) : result;
    },
  };
}

function isUdpEnough({ probe: { check } }: ProbeTarget): boolean {
  return check.kind === 'tcp' && check.orUdp === true;
}

/** With `keepsOpen` a front end answers, which takes every connection and closes those that lead nowhere. */
async function probeTcp(
  addresses: readonly string[],
  port: number,
  { signal, keepsOpen }: { readonly signal: AbortSignal; readonly keepsOpen: boolean },
): Promise<ProbeAnswer> {
  let failure = 'there is no address to ask';
  for (const address of addresses) {
    try {
      const isOpen = await connectOnce(address, port, { signal, holdMs: keepsOpen ? FRONT_END_MS : 0 });
      if (!isOpen) return failed(`nothing answers on ${port} inside the container yet`);
      return { ok: true, message: 'accepts connections', components: [] };
    } catch (error) {
      signal.throwIfAborted();
      failure = describeFailure(error, address, port);
      if (!isConnectFailure(error)) break;
    }
  }
  return failed(failure);
}

/** Whether the connection, once made, is still open after `holdMs`, or has brought something by then. */
function connectOnce(
  host: string,
  port: number,
  { signal, holdMs }: { readonly signal: AbortSignal; readonly holdMs: number },
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal });
    const settle = (isOpen: boolean): void => {
      resolve(isOpen);
      socket.destroy();
    };
    socket.once('connect', () => {
      if (holdMs === 0) return settle(true);
      const timer = setTimeout(() => settle(true), holdMs);
      socket.once('data', () => settle(true));
      socket.once('end', () => settle(false));
      socket.once('close', () => clearTimeout(timer));
      return undefined;
    });
    socket.on('error', (error) => (socket.pending || holdMs === 0 ? reject(error) : settle(false)));
  });
}

/** A path is on the service's own host and port. */
function toUrl(target: ProbeTarget, address: string): URL | undefined {
  const host = target.host.includes(':') ? `[${target.host}]` : target.host;
  const text = address.startsWith('/') && target.port !== null ? `http://${host}:${target.port}${address}` : address;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : undefined;
}

function parsePlace(place: string): { readonly host: string; readonly port: number } | undefined {
  const match = /^(?:\[(.+)\]|([^:]*)):(\d{1,5})$/.exec(place);
  return match ? { host: match[1] ?? match[2] ?? '', port: Number(match[3]) } : undefined;
}

function failed(message: string): ProbeAnswer {
  return { ok: false, message, components: [] };
}
