// Commands around the start of a service, in words. core/machine/lifecycle decides what follows from their end.

import { commandText, type ServiceSpec } from '../model/project.ts';
import type { HookTry } from '../model/run.ts';

export function hookText(spec: ServiceSpec, { index }: HookTry): string {
  const hook = spec.before[index];
  return hook === undefined ? '?' : commandText(hook.command);
}

/** ` (try 2 of 4)`; nothing for a command that has only one. */
export function triesInWords(spec: ServiceSpec, { index, attempt }: HookTry): string {
  const tries = (spec.before[index]?.retries ?? 0) + 1;
  return tries === 1 ? '' : ` (try ${attempt} of ${tries})`;
}
