// The settings of a container, from the config and the facts of its image. A changed request, or a new image behind
// the same name, needs a new container: `config` in its labels tells them apart.

import { createHash } from 'node:crypto';
import type { ImageSpec, PortSpec, Project, ServiceName, ServiceSpec } from '../../core/model/project.ts';
import { portKey, portSpecs } from '../../core/session/service-ports.ts';
import { expandReferences, type Endpoints } from '../../core/env/references.ts';
import { identityLabels, LABEL } from '../../core/rules/container-identity.ts';
import type { ContainerRequest, ImageFacts, NetworkPlace, PublishedPort } from '../../system/container-engine.ts';

export interface ContainerParts {
  readonly project: Project;
  readonly spec: ServiceSpec;
  readonly container: ImageSpec;
  readonly image: ImageFacts;
  readonly env: Readonly<Record<string, string>>;
  readonly endpoints: Endpoints;
  readonly network: NetworkPlace | undefined;
}

/** A name for the engine is at most as long as a host name. */
const LONGEST_NAME = 63;

export function containerRequest(parts: ContainerParts): ContainerRequest {
  const { project, spec, container, image, env, endpoints, network } = parts;
  const request = {
    name: container.name ?? containerNameOf(project, spec.name),
    image: container.image,
    args: container.args?.map((word) => expandReferences(word, endpoints)),
    env,
    published: publishedPorts(spec, image, endpoints),
    binds: [...container.volumes.map((volume) => ownVolume(project, volume)), ...keptVolumes(parts)],
    user: container.user,
    platform: container.platform,
    hasTerminal: spec.tty,
    network,
  };
  const config = createHash('sha256')
    .update(JSON.stringify([request, image.id]))
    .digest('hex')
    .slice(0, 16);
  return { ...request, labels: { ...identityLabels(project.root, spec.name), [LABEL.config]: config } };
}

/** `shop-db`. */
function containerNameOf({ name }: Project, service: ServiceName): string {
  return nameForEngine(`${name}-${service}`);
}

/** With only the letters that the engine accepts. */
export function nameForEngine(text: string): string {
  const name = text.replaceAll(/[^\w.-]/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return name.slice(0, LONGEST_NAME);
}

/** Used if a container of another project has the name. */
export function nameBeside({ root }: Project, name: string): string {
  const hash = createHash('sha256').update(root).digest('hex').slice(0, 6);
  return `${name.slice(0, LONGEST_NAME - hash.length - 1)}-${hash}`;
}

/** The port inside: as the config says, else the only one that the image exposes, else the port outside. */
export function insidePortOf({ inside, wanted }: PortSpec, { exposedPorts }: Pick<ImageFacts, 'exposedPorts'>): number {
  return inside ?? (exposedPorts.length === 1 ? exposedPorts[0] : undefined) ?? wanted;
}

function publishedPorts(spec: ServiceSpec, image: ImageFacts, endpoints: Endpoints): readonly PublishedPort[] {
  return ownPorts(spec, endpoints).map(({ spec: { host, ...port }, inForce }, index) => ({
    address: publishedAddress(host),
    port: inForce,
    inside:
      index === 0 && spec.port !== undefined ? insidePortOf({ ...port, host }, image) : (port.inside ?? port.wanted),
  }));
}

/** Every port in use of the service, the main one first. */
export function ownPorts(
  spec: ServiceSpec,
  endpoints: Endpoints,
): readonly { readonly spec: PortSpec; readonly inForce: number }[] {
  const inForce = (port: PortSpec): number | undefined =>
    endpoints.get(port === spec.port || port.name === undefined ? spec.name : portKey(spec.name, port.name))?.port;
  return portSpecs(spec).flatMap((port) => {
    const number = inForce(port);
    return number === undefined ? [] : [{ spec: port, inForce: number }];
  });
}

/** The engine accepts only addresses. A host name becomes the loopback, which nobody else on the network reaches. */
export function publishedAddress(host: string): string {
  return /^[\d.]+$/.test(host) || host.includes(':') ? host : '127.0.0.1';
}

/** A named volume belongs to the project and its worktree: two databases on one volume would destroy it. */
function ownVolume(project: Project, volume: string): string {
  if (volume.startsWith('/')) return volume;
  const [name = '', ...rest] = volume.split(':');
  return [nameBeside(project, containerNameOf(project, name)), ...rest].join(':');
}

/**
 * A volume of the image gets a name, so that a new container finds its data again. Without one the engine would make a
 * new volume each time, and nothing would ever remove it.
 */
function keptVolumes({ project, spec, container, image }: ContainerParts): readonly string[] {
  const given = new Set(container.volumes.map((volume) => volume.split(':')[1]));
  return image.volumes
    .filter((folder) => !given.has(folder))
    .map((folder) => {
      const name = `${containerNameOf(project, spec.name)}${folder.replaceAll(/[^\w.-]/g, '-')}`;
      return `${nameBeside(project, name)}:${folder}`;
    });
}
