// Why a key does nothing now, as a message for the person. Undefined: it works.

import { isRunning } from '../../format/run-body.ts';
import type { ConflictChoiceName } from '../../core/model/vocabulary.ts';
import type { ServiceView } from '../../core/session/snapshot.ts';
import { isActive, selectConflict, selectConflictNames, selectService } from '../state/selectors.ts';
import type { ScreenState } from '../state/state.ts';

export function isSelectedUp(state: ScreenState): boolean {
  const service = selectService(state);
  return service !== undefined && isActive(service);
}

export function hasFailed(state: ScreenState): boolean {
  return selectService(state)?.state === 'failed';
}

export function needsEdit({ session }: ScreenState): string | undefined {
  const config = session?.config;
  if (config === undefined) return 'the config has no pending edit';
  return config.status === 'pending' ? undefined : (config.problem ?? `${config.file} cannot be used`);
}

export function needsSession(state: ScreenState): string | undefined {
  return state.session === undefined ? 'the session is still starting' : undefined;
}

export function needsService(state: ScreenState): string | undefined {
  return needsSession(state) ?? (selectService(state) === undefined ? 'there is no service to act on' : undefined);
}

export function needsUp(state: ScreenState): string | undefined {
  const service = selectService(state);
  return service === undefined || isActive(service) ? undefined : `${service.name} ${notRunning(service)}`;
}

function notRunning(service: ServiceView): string {
  return service.state === 'failed' ? 'has failed and does not run' : 'does not run';
}

export function needsTerminal(state: ScreenState): string | undefined {
  const service = selectService(state);
  return service?.tty === false ? `${service.name} has no terminal: its config says tty: false` : undefined;
}

export function needsUrl(state: ScreenState): string | undefined {
  const service = selectService(state);
  if (service !== undefined && !isRunning(service)) return `${service.name} does not run`;
  if (service === undefined || service.url !== null) return undefined;
  return service.address === null
    ? `${service.name} has no URL: it has no port`
    : `${service.name} has no page to open: its health is tcp; it is at ${service.address}`;
}

export function needsQuestion(state: ScreenState): string | undefined {
  const service = selectService(state);
  return service?.question === null ? `${service.name} does not ask anything` : undefined;
}

export function needsQuery(state: ScreenState): string | undefined {
  return state.search.query === undefined ? 'no search yet: press / first' : undefined;
}

export function needsSeveralConflicts(state: ScreenState): string | undefined {
  return selectConflictNames(state).length > 1 ? undefined : 'there is only one conflict';
}

export function whyNotChoose(state: ScreenState, name: ConflictChoiceName): string | undefined {
  const choices = selectConflict(state)?.conflict.choices ?? [];
  return choices.find((choice) => choice.name === name)?.unavailable ?? undefined;
}
