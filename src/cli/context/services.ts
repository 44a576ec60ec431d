// Which services a command is about, and whether they are where they should be.

import type { ServiceName } from '../../core/model/project.ts';
import { isNamed } from '../../core/env/replicas.ts';
import type { ServiceView } from '../../core/session/snapshot.ts';
import { didYouMean } from '../../config/text/suggest.ts';
import { DevError, EXIT } from '../../errors.ts';
import { COMMAND_WORDS } from '../arguments/commands-table.ts';

/** @throws DevError `no_such_service` for the first unknown name, with the nearest known one */
export function requireServices(
  names: readonly string[],
  known: readonly ServiceName[],
  options: { readonly mayBeCommand?: boolean } = {},
): void {
  const unknown = names.find((name) => !known.some((service) => isNamed(service, name)));
  if (unknown === undefined) return;
  const mayBeCommand = options.mayBeCommand === true && unknown === names[0];
  throw new DevError({
    code: 'no_such_service',
    exitCode: EXIT.noSuchService,
    message: mayBeCommand
      ? `"${unknown}" is neither a command nor a service of this project.`
      : `There is no service "${unknown}".`,
    hint: hintFor(unknown, known, { mayBeCommand }),
  });
}

function hintFor(
  unknown: string,
  known: readonly ServiceName[],
  { mayBeCommand }: { readonly mayBeCommand: boolean },
): string {
  if (COMMAND_WORDS.includes(unknown)) return `it is a command, and commands come first: ./dev ${unknown} …`;
  const service = didYouMean(unknown, known);
  const command = mayBeCommand ? didYouMean(unknown, COMMAND_WORDS) : undefined;
  if (service !== undefined && command !== undefined) return `${service} (a service)\n${command} (a command)`;
  if (service !== undefined || command !== undefined) return `${service ?? command}`;
  const services = known.length === 0 ? 'the project has no services' : `services: ${known.join(', ')}`;
  return mayBeCommand ? `${services}\ncommands: ./dev help` : services;
}

/** Whether the names mean the service, by itself or as one of several copies. */
export function isAmong(service: ServiceName, names: readonly string[]): boolean {
  return names.some((name) => isNamed(service, name));
}

/** The named services, or all that are wanted. */
export function chosenServices(views: readonly ServiceView[], names: readonly ServiceName[]): readonly ServiceView[] {
  return views.filter((view) => (names.length === 0 ? view.wanted : isAmong(view.name, names)));
}

/** The same with everything that they depend on, however far away. */
export function withDependencies(views: readonly ServiceView[], names: readonly ServiceName[]): readonly ServiceView[] {
  const reached = new Set<ServiceName>();
  const queue = chosenServices(views, names).map((view) => view.name);
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    queue.push(...(views.find((view) => view.name === name)?.dependsOn ?? []));
  }
  return views.filter((view) => reached.has(view.name));
}

/** Ready, or ended by itself with success as a migration does. */
export function isSettled(view: ServiceView): boolean {
  return view.ready || view.state === 'exited';
}

/** Its port is taken, and nothing is under way that would free it. */
export function isInConflict(view: ServiceView): boolean {
  if (view.conflict === null) return false;
  return view.state === 'failed' || (view.state === 'conflict' && view.conflict.progress === null);
}

/** Nothing more will happen to it: it ended, failed, or waits for something that did. */
export function isOver(view: ServiceView): boolean {
  return view.state === 'failed' || view.state === 'exited' || view.isStuck;
}
