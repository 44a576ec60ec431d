// Targets for a Makefile: missing ones are added at its end.

type Target = readonly [name: string, does: string];

/** What `make` can do with one service. */
function targetsOf(target: string, service: string): readonly Target[] {
  return [
    [target, `./dev ${service}`],
    [`${target}-stop`, `./dev stop ${service}`],
    [`${target}-kill`, `./dev kill ${service}`],
    [`${target}-restart`, `./dev restart ${service}`],
    [`${target}-status`, `./dev status ${service}`],
    [`${target}-force`, `./dev up --kill-existing ${service}`],
  ];
}

const OF_ALL: readonly Target[] = [
  ['logs', './dev logs -f'],
  ['logs-errors', './dev logs --errors'],
  ['monitor', './dev status --watch'],
  ['status', './dev status'],
  ['health', './dev health'],
  ['stop', './dev stop'],
  ['restart', './dev restart'],
  ['clean', './dev clean'],
];

/**
 * What to add to a Makefile; empty when it has all of it.
 * @param services that `make backend` and `make frontend` start, as far as there are any
 */
export function makefileAddition(
  before: string,
  services: { readonly backend: string | undefined; readonly frontend: string | undefined },
): string {
  const ofServices = (['backend', 'frontend'] as const).flatMap((target) => {
    const service = services[target];
    return service === undefined ? [] : targetsOf(target, service);
  });
  const all: readonly Target[] = [['dev', './dev'], ...ofServices, ...OF_ALL];
  const missing = all.filter(([name]) => !hasTarget(before, name));
  if (missing.length === 0) return '';
  const names = missing.map(([name]) => name).join(' ');
  const rules = missing.map(([name, does]) => `${name}:\n\t${does}\n`);
  const gap = before === '' || before.endsWith('\n\n') ? '' : before.endsWith('\n') ? '\n' : '\n\n';
  return `${gap}# The development environment, see .project.config.\n.PHONY: ${names}\n\n${rules.join('\n')}`;
}

/** Alone or among others before a colon; `dev := x` is a variable. */
function hasTarget(makefile: string, name: string): boolean {
  return makefile.split('\n').some((line) => {
    const targets = /^([^\t#=:][^#=:]*|[^\t#=:]):(?![:=]*=)/.exec(line)?.[1];
    return targets !== undefined && targets.trim().split(/\s+/).includes(name);
  });
}
