// Command lines that run a container: its listener belongs to the container engine, not to the command. So such a line
// has no port of its own, and what it publishes is probed by its address.

const CLIENT = /(?:^|[\s;&|(])(?:sudo\s+)?(?:docker|podman|nerdctl|docker-compose)(?=\s)/;
const PUBLISHED =
  /\s(?:-p|--publish)[= ]?["']?(?:(\d+\.\d+\.\d+\.\d+|localhost):)?(?:(\d{1,5})|\$\{\w+:-(\d{1,5})\}):[\d${}\w:-]+(?:\/tcp)?["']?(?=\s)/;

export function isContainerClient(line: string): boolean {
  return CLIENT.test(line);
}

/** `docker run -p 8080:80 nginx` → `localhost:8080`; undefined when nothing is published under a known number. */
export function publishedAddress(line: string): string | undefined {
  const [, , number, fallback] = PUBLISHED.exec(line) ?? [];
  const port = number ?? fallback;
  return port === undefined ? undefined : `localhost:${port}`;
}
