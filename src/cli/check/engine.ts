// Whether the container engine answers, where the project has a container. Starts none.

import { sourceText, type Project } from '../../core/model/project.ts';
import { DevError } from '../../errors.ts';
import type { Machine } from '../context/context.ts';
import type { Finding } from './finding.ts';

export async function checkEngine({ services }: Project, machine: Machine): Promise<readonly Finding[]> {
  const containers = services.filter(({ container }) => container !== undefined);
  if (containers.length === 0) return [];
  const finding = (level: Finding['level'], message: string, fix?: string): readonly Finding[] =>
    containers.map((service) => ({
      area: 'services',
      subject: service.name,
      level,
      message: `${sourceText(service)}: ${message}`,
      ...(fix === undefined ? {} : { fix }),
    }));
  try {
    return finding('ok', `${await machine.containerEngine()} answers`);
  } catch (error) {
    if (!(error instanceof DevError)) throw error;
    return finding('fail', error.message, error.hint);
  }
}
