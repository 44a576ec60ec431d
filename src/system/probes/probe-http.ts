// GET for a health check. The status decides, as with Kubernetes: 2xx and 3xx are well, certificates are not judged.
// Only a JSON body is read, for the components in it, and only its first 64 KiB.

import { STATUS_CODES, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';

import { readComponentHealth } from '../../core/view/component-health.ts';
import type { ComponentHealth } from '../../core/model/run.ts';
import { describeFailure, isConnectFailure, isLoopback } from './probe-address.ts';
import { printable } from '../printable.ts';

const MOST_BODY_BYTES = 65_536;
const MOST_REDIRECTS = 3;

export interface ProbeAnswer {
  readonly ok: boolean;
  readonly message: string;
  readonly components: readonly ComponentHealth[];
}

/** Asks at the first address with a listener. Rejects only when `signal` aborts. */
export async function probeHttp(url: URL, addresses: readonly string[], signal: AbortSignal): Promise<ProbeAnswer> {
  let target = url;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const answer = await getFirst(target, addresses, signal);
    if (typeof answer === 'string') return failed(answer);
    const next = redirectTarget(answer, target);
    if (!next) return judge(answer);
    if (!isSameServer(next, target)) {
      const words = `${statusLine(answer)}, leads to ${printable(next.host)} which is not asked`;
      return { ok: true, message: words, components: [] };
    }
    target = next;
  }
  return failed(`more than ${MOST_REDIRECTS} redirects, the last one to ${printable(target.pathname)}`);
}

interface HttpAnswer {
  readonly status: number;
  readonly reason: string;
  readonly location: string | undefined;
  /** Of a JSON answer. */
  readonly body: string;
}

/** A sentence for a missing answer. */
async function getFirst(url: URL, addresses: readonly string[], signal: AbortSignal): Promise<HttpAnswer | string> {
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  let failure = 'there is no address to ask';
  for (const address of addresses) {
    try {
      return await get(url, address, port, signal);
    } catch (error) {
      signal.throwIfAborted();
      failure = describeFailure(error, address, port);
      if (!isConnectFailure(error)) break;
    }
  }
  return failure;
}

function get(url: URL, address: string, port: number, signal: AbortSignal): Promise<HttpAnswer> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const pending = request(
      {
        host: address,
        port,
        path: url.pathname + url.search,
        agent: false,
        headers: { host: url.host, accept: 'application/json, */*;q=0.5', 'user-agent': 'devdeck' },
        rejectUnauthorized: false,
        ...(isIP(url.hostname.replace(/^\[|\]$/g, '')) ? {} : { servername: url.hostname }),
        signal,
      },
      (response) => {
        readBody(response).then(
          (body) =>
            resolve({
              status: response.statusCode ?? 0,
              reason: response.statusMessage ?? '',
              location: response.headers.location,
              body,
            }),
          reject,
        );
      },
    );
    pending.on('error', reject);
    pending.end();
  });
}

/**
 * The text of a JSON answer, cut at the limit; nothing of any other. Many small servers send JSON without saying so,
 * so the first character decides. The connection is closed in either case.
 */
async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  if (/^$|json|^text\/plain/i.test(response.headers['content-type'] ?? '')) {
    let bytes = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= MOST_BODY_BYTES || !/^\s*(\{|$)/.test(chunks[0]!.toString('latin1', 0, 100))) break;
    }
  }
  response.on('error', () => {}); // what is left of it does not matter
  response.destroy();
  return Buffer.concat(chunks).subarray(0, MOST_BODY_BYTES).toString('utf8');
}

function redirectTarget({ status, location }: HttpAnswer, from: URL): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined || !URL.canParse(location, from.href)) {
    return undefined;
  }
  return new URL(location, from);
}

function isSameServer(a: URL, b: URL): boolean {
  const sameHost = a.hostname === b.hostname || (isLoopback(a.hostname) && isLoopback(b.hostname));
  return sameHost && a.port === b.port && a.protocol === b.protocol;
}

function judge(answer: HttpAnswer): ProbeAnswer {
  const components = readComponentHealth(parseJson(answer.body));
  const ok = answer.status >= 200 && answer.status < 400;
  const trouble = ok ? undefined : components.find((component) => !component.ok);
  const cause = trouble ? ` (${printable(trouble.name)}: ${printable(trouble.message ?? trouble.status)})` : '';
  return { ok, message: statusLine(answer) + cause, components };
}

function statusLine({ status, reason }: HttpAnswer): string {
  return `${status} ${printable(reason || (STATUS_CODES[status] ?? ''))}`.trim();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // cut off, or not what its heading promised
  }
}

function failed(message: string): ProbeAnswer {
  return { ok: false, message, components: [] };
}
