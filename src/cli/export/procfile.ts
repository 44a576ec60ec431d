// Services → a Procfile: a name and a command line for each. It has no word for anything else.

import { relative } from 'node:path';
import type { Project } from '../../core/model/project.ts';
import { planServices, type Place, type PlannedService } from './plan.ts';

const PLACE: Place = { nameOf: (service) => service, isNetworked: false };

export function procfile(project: Project): string {
  const services = planServices(project, PLACE);
  return `${['# Written by ./dev export procfile.', ...services.flatMap((service) => entry(project, service))].join('\n')}\n`;
}

function entry({ root }: Project, service: PlannedService): readonly string[] {
  const { spec, variables, remarks } = service;
  const name = spec.name.replaceAll(/[^A-Za-z0-9_-]/g, '_');
  const secrets = variables.filter(({ value }) => value === undefined).map((one) => one.name);
  const notes = [
    ...remarks,
    ...(spec.dependsOn.length === 0
      ? []
      : [`depends_on ${spec.dependsOn.map(({ service: other }) => other).join(', ')}: all start at once here`]),
    ...(spec.health === undefined && spec.ready === undefined ? [] : ['health, ready: a Procfile has no probes']),
    ...(secrets.length === 0 ? [] : [`${secrets.join(', ')}: put into .env`]),
    ...(spec.autostart ? [] : ['autostart: false is not said here']),
  ];
  const folder = relative(root, spec.cwd);
  const assignments = variables.flatMap(({ name: key, value }) =>
    value === undefined ? [] : [`${key}=${shellWord(value)}`],
  );
  const line = [
    ...(folder === '' ? [] : [`cd ${shellWord(folder)} &&`]),
    ...(assignments.length === 0 ? [] : ['env', ...assignments]),
    bodyOf(service),
  ];
  return [...notes.map((note) => `# ${name}: ${note}`), `${name}: ${line.join(' ')}`];
}

function bodyOf({ spec, command, ports }: PlannedService): string {
  const { container } = spec;
  if (container?.kind === 'compose') {
    const files = container.files.flatMap((file) => ['-f', shellWord(file)]);
    return ['docker compose', ...files, 'up --no-deps --no-log-prefix', shellWord(container.service)].join(' ');
  }
  const words =
    command === undefined ? [] : command.kind === 'shell' ? ['sh', '-c', oneLine(command.line)] : command.argv;
  if (container === undefined) return words.map(shellWord).join(' ');
  const published = ports.map(
    ({ published: port }, index) => `-p 127.0.0.1:${port}:${(index === 0 ? spec.port?.inside : undefined) ?? port}`,
  );
  const names = Object.keys(spec.env).map((name) => `-e ${name}`);
  const volumes = container.volumes.map((volume) => `-v ${shellWord(volume)}`);
  return [
    'docker run --rm --init',
    ...published,
    ...names,
    ...volumes,
    shellWord(container.image),
    ...words.map(shellWord),
  ].join(' ');
}

/** An entry is one line. */
function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, '; ');
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${oneLine(text).replaceAll("'", `'\\''`)}'`;
}
