// `agents`: what coding agents may do, and `main`: the service meant where none is named. The local overlay replaces single
// rights, and null takes one back.

import { DEFAULT_RIGHTS, RIGHTS, type AgentRights } from '../../core/model/actor.ts';
import type { Project, ServiceName } from '../../core/model/project.ts';
import type { ConfigDocument } from '../text/document.ts';
import type { ConfigIssue } from '../text/issue.ts';
import { quoted } from '../text/position.ts';
import { didYouMean } from '../text/suggest.ts';
import { inputOf } from './layers.ts';

/** Nothing where the safe defaults are in use. */
export function agentsOf(documents: readonly ConfigDocument[]): Pick<Project, 'agents'> {
  const given = new Map(documents.flatMap((document) => Object.entries(inputOf(document).agents ?? {})));
  const rights = Object.fromEntries([...given].filter(([, right]) => right !== null)) as Partial<AgentRights>;
  const agents: AgentRights = { ...DEFAULT_RIGHTS, ...rights };
  return RIGHTS.every((name) => agents[name] === DEFAULT_RIGHTS[name]) ? {} : { agents };
}

export function mainOf(documents: readonly ConfigDocument[]): Pick<Project, 'main'> {
  const main = documents.map((document) => inputOf(document).main).findLast((name) => name !== undefined);
  return typeof main === 'string' ? { main } : {};
}

export function checkMain(document: ConfigDocument, names: readonly ServiceName[]): readonly ConfigIssue[] {
  const { main } = inputOf(document);
  if (typeof main !== 'string' || names.includes(main)) return [];
  const at = document.place(['main'])?.value ?? 0;
  return [document.issueAt(at, `main names ${quoted(main)}, and there is no such service`, didYouMean(main, names))];
}
