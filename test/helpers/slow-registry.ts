// A registry on the loopback with one image, which holds back most of its layer until it is told to go on.

import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';

export interface SlowRegistry {
  /** To be pulled from it. */
  readonly image: string;
  /** Sends what it held back, and all that is asked for later. */
  release(): void;
}

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const PADDING_BYTES = 4 * 1024 * 1024;

/** It is gone when the test ends. The image has busybox, and bytes that nobody can compress. */
export async function slowRegistry(): Promise<SlowRegistry> {
  const tar = layerOf();
  const layer = gzipSync(tar, { level: 1 });
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      config: { Cmd: ['/bin/sleep', '1000'], Env: ['PATH=/bin'] },
      rootfs: { type: 'layers', diff_ids: [digestOf(tar)] },
    }),
  );
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: {
        mediaType: 'application/vnd.docker.container.image.v1+json',
        size: config.length,
        digest: digestOf(config),
      },
      layers: [
        { mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip', size: layer.length, digest: digestOf(layer) },
      ],
    }),
  );
  const held = new Set<() => void>();
  let isReleased = false;
  const sendSlowly = (response: ServerResponse): void => {
    const half = Math.floor(layer.length / 2);
    response.writeHead(200, { 'content-length': layer.length }).write(layer.subarray(0, half));
    const rest = (): void => void response.end(layer.subarray(half));
    if (isReleased) rest();
    else held.add(rest);
  };
  const server = createServer(({ url = '', method }, response) => {
    if (url.includes('/manifests/')) {
      const head = {
        'content-type': MANIFEST,
        'docker-content-digest': digestOf(manifest),
        'content-length': manifest.length,
      };
      return void response.writeHead(200, head).end(method === 'HEAD' ? undefined : manifest);
    }
    if (url.endsWith(digestOf(config))) return void response.end(config);
    if (url.endsWith(digestOf(layer))) return sendSlowly(response);
    return void response.writeHead(url === '/v2/' ? 200 : 404).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    image: `127.0.0.1:${(server.address() as AddressInfo).port}/box:1`,
    release: () => {
      isReleased = true;
      for (const rest of held) rest();
    },
  };
}

function layerOf(): Buffer {
  const root = mkdtempSync(join(tmpdir(), 'devdeck-layer-'));
  try {
    mkdirSync(join(root, 'bin'));
    execFileSync('sh', ['-c', 'cp "$(command -v busybox)" "$0/bin/busybox" && ln -s busybox "$0/bin/sleep"', root]);
    writeFileSync(join(root, 'padding'), randomBytes(PADDING_BYTES));
    execFileSync('tar', ['-C', root, '-cf', `${root}.tar`, '.']);
    return readFileSync(`${root}.tar`);
  } finally {
    rmSync(root, { recursive: true, force: true });
    rmSync(`${root}.tar`, { force: true });
  }
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
