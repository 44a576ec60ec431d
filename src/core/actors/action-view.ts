// An action of the config as clients see it.

import type { ActionView } from '../session/snapshot.ts';
import { ACTOR_KINDS } from '../model/actor.ts';
import { type ActionSpec, commandText } from '../model/project.ts';

/** @param running the run that there is now */
export function actionView(
  { name, service, command, params, confirm, isInteractive, actors = ACTOR_KINDS }: ActionSpec,
  running: NonNullable<ActionView['running']> | undefined,
): ActionView {
  return {
    name,
    service,
    command: commandText(command),
    params,
    confirm: confirm ?? null,
    interactive: isInteractive === true,
    actors,
    running: running ?? null,
  };
}
