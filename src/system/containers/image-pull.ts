// Fetches an image through the engine, as `docker pull` does, and reports the progress. Trap: the engine reports each
// layer only when it begins, so the total grows during the pull. The share could fall until all layers are known; it
// is reported only when it rises.

import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fieldsOf, numberOf, parseJson, textOf } from './answers.ts';
import { readDockerFile } from './endpoint.ts';

interface LayerProgress {
  fetchedBytes: number;
  totalBytes: number;
}

/** Adds up what the engine tells of the layers. */
export class PullProgress {
  readonly #layers = new Map<string, LayerProgress>();
  #share: number | undefined;

  /** @returns why it failed, if this says so */
  add(message: unknown): string | undefined {
    const { id, status, progressDetail, error } = fieldsOf(message);
    if (error !== undefined) return textOf(error, 300) ?? 'it failed';
    if (typeof id !== 'string') return undefined;
    const { current, total } = fieldsOf(progressDetail);
    const totalBytes = numberOf(total);
    const layer = this.#layers.get(id);
    if (status === 'Downloading' && totalBytes !== undefined) {
      this.#layers.set(id, { fetchedBytes: numberOf(current) ?? 0, totalBytes });
    } else if (layer !== undefined && (status === 'Download complete' || status === 'Pull complete')) {
      layer.fetchedBytes = layer.totalBytes;
    }
    this.#share = this.#sum();
    return undefined;
  }

  /** From 0 to 1; undefined while nothing is known. */
  get share(): number | undefined {
    return this.#share;
  }

  #sum(): number | undefined {
    let fetched = 0;
    let total = 0;
    for (const layer of this.#layers.values()) {
      fetched += layer.fetchedBytes;
      total += layer.totalBytes;
    }
    return total === 0 ? this.#share : Math.max(this.#share ?? 0, fetched / total);
  }
}

/** The path that asks for the image; a digest is no tag. */
export function pullPath(image: string, platform: string | undefined): string {
  const query = new URLSearchParams({ fromImage: image });
  const isExact = /:[^/]+$/.test(image) || image.includes('@');
  if (!isExact) query.set('tag', 'latest');
  if (platform !== undefined) query.set('platform', platform);
  return `/images/create?${query.toString()}`;
}

/** The head that carries what `docker login` has kept for the registry of the image; empty when there is nothing. */
export async function authHeaders(
  image: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Readonly<Record<string, string>>> {
  const server = registryOf(image);
  const folder = env['DOCKER_CONFIG'] || join(env['HOME'] || homedir(), '.docker');
  const config = readDockerFile(join(folder, 'config.json'));
  const helper = fieldsOf(config['credHelpers'])[server] ?? config['credsStore'];
  const auth = typeof helper === 'string' ? await askHelper(helper, server) : plainAuth(config, server);
  return auth === undefined ? {} : { 'x-registry-auth': Buffer.from(JSON.stringify(auth)).toString('base64url') };
}

type Auth = Readonly<Record<string, string>>;

/** The first part is a registry when it looks like a host. The docker command keeps Docker Hub under its first address. */
function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  return isHost ? first : DOCKER_HUB;
}

const DOCKER_HUB = 'https://index.docker.io/v1/';

function plainAuth(config: Readonly<Record<string, unknown>>, server: string): Auth | undefined {
  const { auth } = fieldsOf(fieldsOf(config['auths'])[server]);
  if (typeof auth !== 'string') return undefined;
  const [username = '', ...password] = Buffer.from(auth, 'base64').toString('utf8').split(':');
  return { username, password: password.join(':'), serveraddress: server };
}

/** `docker-credential-NAME get`, as the docker command asks it. */
function askHelper(helper: string, server: string): Promise<Auth | undefined> {
  if (!/^[\w.-]+$/.test(helper)) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const child = execFile(`docker-credential-${helper}`, ['get'], { timeout: 10_000 }, (error, stdout) => {
      const { Username: username, Secret: secret } = fieldsOf(parseJson(stdout));
      if (error !== null || typeof username !== 'string' || typeof secret !== 'string') return resolve(undefined);
      const isToken = username === '<token>';
      return resolve(
        isToken
          ? { identitytoken: secret, serveraddress: server }
          : { username, password: secret, serveraddress: server },
      );
    });
    child.stdin?.on('error', () => {}); // it ended before it was asked
    child.stdin?.end(server);
  });
}
