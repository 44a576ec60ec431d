// `actions`: what may be run by name. The local overlay replaces an action of the same name, and null takes one back.

import { ACTOR_KINDS } from '../../core/model/actor.ts';
import type { ActionParam, ActionSpec, Project, ServiceName } from '../../core/model/project.ts';
import { allowedValues, parameterVariable, valueProblem } from '../../core/rules/action-values.ts';
import type { ConfigDocument, Path } from '../text/document.ts';
import type { ConfigIssue } from '../text/issue.ts';
import { quoted } from '../text/position.ts';
import { didYouMean } from '../text/suggest.ts';
import { inputOf } from './layers.ts';
import { commandOf } from './resolve.ts';
import type { ActionInput, ActionParamInput } from './schema.ts';

/** They decide which programs run and what these load, or are ours. */
const TAKEN_VARIABLES =
  /^(?:PATH|HOME|SHELL|USER|IFS|ENV|BASH_ENV|TMPDIR|PORT|DEV_.*|LD_.*|DYLD_.*|NODE_.*|PYTHON.*|RUBYOPT|PERL5OPT|GIT_.*)$/;
/** Options of `./dev do` itself. */
const TAKEN_NAMES: readonly string[] = [
  'json',
  'help',
  'version',
  'project',
  'config',
  'quiet',
  'verbose',
  'color',
  'no-color',
];

/** Nothing where there are none. */
export function actionsOf(documents: readonly ConfigDocument[]): Pick<Project, 'actions'> {
  const merged = new Map(documents.flatMap((document) => Object.entries(inputOf(document).actions ?? {})));
  const actions = [...merged].flatMap(([name, input]) => (input == null ? [] : [actionOf(name, input)]));
  return actions.length === 0 ? {} : { actions };
}

function actionOf(name: string, input: ActionInput): ActionSpec {
  const { command, service, params, confirm, interactive, actors } = input;
  return {
    name,
    command: commandOf(command ?? ''),
    service: service ?? '',
    params: Object.entries(params ?? {}).map(([param, written]) => paramOf(param, written)),
    ...(confirm == null ? {} : { confirm }),
    ...(interactive === true ? { isInteractive: true } : {}),
    ...(actors == null || ACTOR_KINDS.every((kind) => actors.includes(kind)) ? {} : { actors }),
  };
}

function paramOf(name: string, { type, min, max, choices, default: otherwise }: ActionParamInput): ActionParam {
  const given = otherwise ?? undefined;
  switch (type) {
    case 'number':
      return {
        name,
        type,
        ...(min == null ? {} : { min }),
        ...(max == null ? {} : { max }),
        ...(given === undefined ? {} : { default: Number(given) }),
      };
    case 'choice':
      return {
        name,
        type,
        choices: (choices ?? []).map(String),
        ...(given === undefined ? {} : { default: String(given) }),
      };
    case 'flag':
      return { name, type, ...(given === undefined ? {} : { default: given === true }) };
    default:
      return { name, type: 'text', ...(given === undefined ? {} : { default: String(given) }) };
  }
}

export function checkActions(document: ConfigDocument, services: readonly ServiceName[]): readonly ConfigIssue[] {
  return Object.entries(inputOf(document).actions ?? {}).flatMap(([name, action]) => {
    if (action == null) return [];
    const issue = (path: Path, message: string, hint?: string): ConfigIssue => {
      const place = document.place(['actions', name, ...path]) ?? document.place(['actions', name]);
      return document.issueAt((path.length === 0 ? place?.key : place?.value) ?? 0, message, hint);
    };
    const { command, service, params } = action;
    return [
      ...(command == null ? [issue([], `action ${quoted(name)} has no command`)] : []),
      ...(service == null
        ? [issue([], `action ${quoted(name)} names no service`, 'it runs in the folder and environment of one')]
        : []),
      ...(service != null && !services.includes(service)
        ? [
            issue(
              ['service'],
              `action ${quoted(name)} names ${quoted(service)}, and there is no such service`,
              didYouMean(service, services),
            ),
          ]
        : []),
      ...checkParams(name, params ?? {}, issue),
    ];
  });
}

function checkParams(
  action: string,
  params: Readonly<Record<string, ActionParamInput>>,
  issue: (path: Path, message: string, hint?: string) => ConfigIssue,
): readonly ConfigIssue[] {
  return Object.entries(params).flatMap(([name, param], index, all) => {
    const what = `parameter ${quoted(name)} of action ${quoted(action)}`;
    const problem = paramProblem(name, param, all.slice(0, index));
    return problem === undefined ? [] : [issue(['params', name], `${what} ${problem}`)];
  });
}

/** Continues after its name. */
function paramProblem(
  name: string,
  param: ActionParamInput,
  before: readonly (readonly [string, ActionParamInput])[],
): string | undefined {
  const variable = parameterVariable(name);
  const { type, min, max, choices, default: otherwise } = param;
  if (type == null) return 'has no type';
  if (TAKEN_NAMES.includes(name)) return `has the name of an option of ./dev do`;
  if (TAKEN_VARIABLES.test(variable)) return `would replace the variable ${variable}, which decides how programs run`;
  if (before.some(([other]) => parameterVariable(other) === variable)) return `has the same variable as another one`;
  if (type === 'choice' && (choices ?? []).length === 0) return 'has no choices';
  if (type !== 'choice' && choices != null) return 'has choices, and is of another type';
  if (type !== 'number' && (min != null || max != null)) return 'has a min or max, but is not a number';
  if (min != null && max != null && min > max) return 'has a min above its max';
  if (otherwise == null) return undefined;
  const resolved = paramOf(name, param);
  const isOtherType = type === 'flag' ? typeof otherwise !== 'boolean' : typeof otherwise === 'boolean';
  const isWrong = isOtherType || valueProblem(resolved, String(otherwise)) !== undefined;
  return isWrong ? `has a default that is not allowed: it must be ${allowedValues(resolved)}` : undefined;
}
