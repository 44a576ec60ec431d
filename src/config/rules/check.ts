// What services mean to each other: names, dependencies, references and ports. Reports; changes nothing.

import type { ServiceName, ServiceSpec } from '../../core/model/project.ts';
import { portKey, portSpecs } from '../../core/session/service-ports.ts';
import {
  findReferences,
  isReferenceField,
  REFERENCE_FIELDS,
  textsOf,
  variableStem,
  type Reference,
} from '../../core/env/references.ts';
import type { Path } from '../text/document.ts';
import { quoted } from '../text/position.ts';
import { didYouMean } from '../text/suggest.ts';

/** `part` is a piece of the text at `path`, to point at it alone. */
export type ReportService = (
  service: ServiceName,
  path: Path,
  issue: { readonly message: string; readonly hint?: string | undefined; readonly part?: string },
) => void;

const SERVICE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** Log files are named after services, and these names are devices on a disk shared with Windows. */
const DEVICE_NAME = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

const MOST_CYCLES = 10;

export function checkNames(names: readonly ServiceName[], report: ReportService): void {
  const seen = new Map<string, ServiceName>();
  for (const name of names) {
    const first = seen.get(name.toLowerCase());
    seen.set(name.toLowerCase(), first ?? name);
    if (!SERVICE_NAME.test(name)) {
      const hint = 'at most 64 letters, digits, ".", "_" and "-", the first a letter or digit';
      report(name, [], { message: `${quoted(name)} cannot be the name of a service`, hint });
    } else if (/\.ports(?:\.|$)/.test(name)) {
      report(name, [], { message: `${quoted(name)} cannot be the name of a service: so are ports of a service named` });
    } else if (DEVICE_NAME.test(name)) {
      report(name, [], { message: `${quoted(name)} cannot be the name of a service: it is a device on Windows` });
    } else if (first !== undefined) {
      const message = `the names ${quoted(first)} and ${quoted(name)} differ only in upper and lower case`;
      report(name, [], { message, hint: 'rename one' });
    }
  }
}

export function checkDependencies(
  specs: readonly ServiceSpec[],
  names: readonly ServiceName[],
  report: ReportService,
): void {
  const known = new Set(names);
  for (const spec of specs) {
    for (const { service } of spec.dependsOn) {
      if (known.has(service)) continue;
      const message = `service ${quoted(spec.name)} depends on ${quoted(service)}, and there is no such service`;
      report(spec.name, ['depends_on', service], { message, hint: didYouMean(service, names) });
    }
  }
  for (const cycle of findCycles(specs)) {
    const [first = '', second = ''] = cycle;
    const message = `the dependencies go round in a circle: ${cycle.join(' → ')}`;
    report(first, ['depends_on', second], { message, hint: 'take one of them out' });
  }
}

/** The first few, each as a path that ends where it began. Depth first; an edge back into the path closes a circle. */
function findCycles(specs: readonly ServiceSpec[]): readonly (readonly ServiceName[])[] {
  const dependencies = new Map(specs.map((spec) => [spec.name, spec.dependsOn.map(({ service }) => service)]));
  const done = new Set<ServiceName>();
  const cycles: ServiceName[][] = [];
  const visit = (name: ServiceName, path: readonly ServiceName[]): void => {
    if (cycles.length >= MOST_CYCLES) return;
    const start = path.indexOf(name);
    if (start >= 0) cycles.push([...path.slice(start), name]);
    if (start >= 0 || done.has(name)) return;
    for (const dependency of dependencies.get(name) ?? []) visit(dependency, [...path, name]);
    done.add(name);
  };
  for (const { name } of specs) visit(name, []);
  return cycles;
}

/** `withPort` holds the services that have a port, or would have if it were right, and the keys of what `ports:` names. */
export function checkReferences(
  specs: readonly ServiceSpec[],
  names: readonly ServiceName[],
  withPort: ReadonlySet<ServiceName>,
  report: ReportService,
): void {
  const known = new Set(names);
  for (const spec of specs) {
    for (const { path, text } of textsOf(spec)) {
      for (const reference of findReferences(text)) {
        const isOfFile = specs.some(
          ({ name, container }) => name === reference.service && container?.kind === 'compose',
        );
        const problem =
          isOfFile && /^ports\.\d+$/.test(reference.field) ? undefined : referenceProblem(reference, known, withPort);
        if (problem !== undefined) report(spec.name, path, { ...problem, part: reference.text });
      }
    }
  }
}

function referenceProblem(
  { service, field, text }: Reference,
  names: ReadonlySet<ServiceName>,
  withPort: ReadonlySet<ServiceName>,
): { readonly message: string; readonly hint?: string | undefined } | undefined {
  if (!names.has(service)) {
    // `${HOST-example.com}` is the shell's.
    if (!isReferenceField(field) && /^[A-Za-z_]\w*-/.test(service)) return undefined;
    return { message: `${text}: there is no service ${quoted(service)}`, hint: didYouMean(service, names) };
  }
  if (!isReferenceField(field)) {
    const known = `a reference ends in ${REFERENCE_FIELDS.join(', ')}`;
    return {
      message: `${text}: ${quoted(field)} is not a field that can be referred to`,
      hint: didYouMean(field, REFERENCE_FIELDS) ?? known,
    };
  }
  const [, port] = /^ports\.(.+)$/.exec(field) ?? [];
  if (port !== undefined && !withPort.has(portKey(service, port))) {
    const hint = `give ${quoted(service)} "ports: {${port}: …}"`;
    return { message: `${text}: service ${quoted(service)} has no port ${quoted(port)}`, hint };
  }
  if (withPort.has(service)) return undefined;
  return { message: `${text}: service ${quoted(service)} has no port`, hint: `give ${quoted(service)} a "port:"` };
}

/** @param areTogether whether one start brings up both: alternatives may share a port */
export function checkPorts(
  specs: readonly ServiceSpec[],
  areTogether: (one: ServiceName, other: ServiceName) => boolean,
  report: ReportService,
): void {
  const byPort = new Map<number, ServiceName[]>();
  const byVariable = new Map<string, ServiceName>();
  for (const spec of specs) {
    const { name } = spec;
    for (const port of portSpecs(spec)) {
      const sharers = byPort.get(port.wanted) ?? [];
      const sharer = sharers.find((each) => each === name || areTogether(each, name));
      if (sharer !== undefined) {
        const message = `port ${port.wanted} of service ${quoted(name)} is also the port of ${quoted(sharer)}`;
        const path = port.name === undefined ? ['port', 'default'] : ['ports', port.name];
        const hint = 'give one of them another port; alternatives that never run together have autostart: false';
        report(name, path, { message, hint });
      }
      byPort.set(port.wanted, [...sharers, name]);
    }
    if (portSpecs(spec).length === 0) continue;
    const variable = `${variableStem(name)}_PORT`;
    const namesake = byVariable.get(variable);
    if (namesake !== undefined) {
      const message = `services ${quoted(namesake)} and ${quoted(name)} would share the variable ${variable}`;
      report(name, [], { message, hint: 'rename one' });
    }
    byVariable.set(variable, namesake ?? name);
  }
}
