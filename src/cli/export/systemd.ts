// Services → systemd units, one a service, and a target that holds them together. Addresses are those of this machine.

import type { Project } from '../../core/model/project.ts';
import { planServices, type Place, type PlannedService } from './plan.ts';

const PLACE: Place = { nameOf: (service) => service, isNetworked: false };

export interface UnitFile {
  readonly name: string;
  readonly text: string;
}

export function systemdUnits(project: Project): readonly UnitFile[] {
  const stem = unitName(project.name);
  const target = `${stem}.target`;
  const services = planServices(project, PLACE);
  const unitOf = (service: string): string => `${stem}-${unitName(service)}.service`;
  const wants = services.filter(({ spec }) => spec.autostart).map(({ spec }) => unitOf(spec.name));
  return [
    {
      name: target,
      text: lines(
        '# Written by ./dev export systemd.',
        '[Unit]',
        `Description=${project.name}`,
        ...wants.map((unit) => `Wants=${unit}`),
        '',
        '[Install]',
        'WantedBy=multi-user.target',
      ),
    },
    ...services.map((service) => ({
      name: unitOf(service.spec.name),
      text: unit(project, service, { target, unitOf, stem }),
    })),
  ];
}

interface Names {
  readonly target: string;
  readonly stem: string;
  readonly unitOf: (service: string) => string;
}

function unit(project: Project, service: PlannedService, { target, stem, unitOf }: Names): string {
  const { spec, variables } = service;
  const needed = spec.dependsOn.map(({ service: other }) => unitOf(other));
  const secrets = variables.filter(({ value }) => value === undefined).map(({ name }) => name);
  const secretFile = `/etc/${stem}/${unitName(spec.name)}.env`;
  return lines(
    ...remarksOf(service).map((remark) => `# ${remark}`),
    '[Unit]',
    `Description=${specifiers(`${project.name} ${spec.name}`)}`,
    `PartOf=${target}`,
    ...needed.flatMap((other) => [`Requires=${other}`, `After=${other}`]),
    ...(spec.container === undefined ? [] : ['After=docker.service']),
    `StartLimitBurst=${Math.max(1, spec.restart.max)}`,
    `StartLimitIntervalSec=${seconds(spec.restart.resetAfterMs * Math.max(1, spec.restart.max))}`,
    '',
    '[Service]',
    ...(spec.isOneShot === true ? ['Type=oneshot', 'RemainAfterExit=yes'] : ['Type=exec']),
    `WorkingDirectory=${specifiers(spec.cwd)}`,
    ...variables.flatMap(({ name, value }) =>
      value === undefined ? [] : [`Environment=${quoted(`${name}=${value}`)}`],
    ),
    ...spec.envFiles.map((file) => `EnvironmentFile=-${specifiers(file)}`),
    ...(secrets.length === 0
      ? []
      : [`# Holds ${secrets.join(', ')}, readable by root alone.`, `EnvironmentFile=-${secretFile}`]),
    ...spec.before.map(
      ({ command }) =>
        `ExecStartPre=${execOf(command.kind === 'shell' ? ['/bin/sh', '-c', command.line] : command.argv)}`,
    ),
    `ExecStart=${execOf(wordsOf(service, stem))}`,
    ...spec.after.map(
      ({ command }) =>
        `ExecStartPost=${execOf(command.kind === 'shell' ? ['/bin/sh', '-c', command.line] : command.argv)}`,
    ),
    ...(spec.isOneShot === true || spec.restart.when === 'no'
      ? []
      : [`Restart=${spec.restart.when}`, `RestartSec=${seconds(spec.restart.backoffMs)}`]),
    ...(spec.stop.signal === undefined ? [] : [`KillSignal=${spec.stop.signal}`]),
    `TimeoutStopSec=${seconds(spec.stop.graceMs)}`,
    ...(spec.alerts?.memory?.above === undefined ? [] : [`MemoryHigh=${spec.alerts.memory?.above}`]),
    ...(spec.autostart ? ['', '[Install]', `WantedBy=${target}`] : []),
  );
}

/** A container runs in the foreground of its client, under the name that it has here. */
function wordsOf({ spec, command, ports, variables }: PlannedService, stem: string): readonly string[] {
  const { container } = spec;
  const own = command === undefined ? [] : command.kind === 'shell' ? ['/bin/sh', '-c', command.line] : command.argv;
  if (container === undefined) return own;
  if (container.kind === 'compose') {
    const files = container.files.flatMap((file) => ['-f', file]);
    return ['/usr/bin/docker', 'compose', ...files, 'up', '--no-deps', container.service];
  }
  const inside = ports.map(({ published, name }) => {
    const port =
      name === undefined || name === spec.port?.name ? spec.port : spec.morePorts?.find((more) => more.name === name);
    return ['--publish', `127.0.0.1:${published}:${port?.inside ?? published}`];
  });
  const passed = variables.filter(({ name }) => !name.startsWith('PORT') || Object.hasOwn(spec.env, name));
  return [
    '/usr/bin/docker',
    'run',
    '--rm',
    '--name',
    `${stem}-${unitName(spec.name)}`,
    ...inside.flat(),
    ...passed.flatMap(({ name }) => ['--env', name]),
    ...container.volumes.flatMap((volume) => ['--volume', volume]),
    ...(container.user === undefined ? [] : ['--user', container.user]),
    ...(container.platform === undefined ? [] : ['--platform', container.platform]),
    container.image,
    ...own,
  ];
}

function remarksOf({ spec, remarks }: PlannedService): readonly string[] {
  const said = new Set(['before', 'after', ...(spec.alerts?.memory?.above === undefined ? [] : ['alerts'])]);
  return [
    ...(spec.health === undefined && spec.ready === undefined
      ? []
      : ['health, ready: systemd does not probe; dependents start once it was started']),
    ...remarks.filter((remark) => !said.has(remark.split(' ')[0] ?? '')),
  ];
}

/** systemd wants the whole path of a program, unless a shell looks for it. */
function execOf(words: readonly string[]): string {
  const [program = '', ...rest] = words;
  const argv = program.startsWith('/') ? words : ['/usr/bin/env', program, ...rest];
  return argv
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) && !word.includes('%') ? word : quoted(word.replaceAll('$', '$$$$'))))
    .join(' ');
}

function quoted(text: string): string {
  return `"${specifiers(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** `%` begins a word of systemd's own. */
function specifiers(text: string): string {
  return text.replaceAll('%', '%%');
}

function unitName(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/g, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '');
}

function seconds(durationMs: number): string {
  return `${durationMs / 1000}s`;
}

function lines(...all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
