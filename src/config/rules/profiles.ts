// `profiles`: sets of services by name. The local overlay replaces a profile of the same name, and null takes one back.

import type { ServiceName } from '../../core/model/project.ts';
import type { ConfigDocument } from '../text/document.ts';
import type { ConfigIssue } from '../text/issue.ts';
import { inputOf } from './layers.ts';
import { quoted } from '../text/position.ts';
import { didYouMean } from '../text/suggest.ts';

export function profilesOf(documents: readonly ConfigDocument[]): Readonly<Record<string, readonly ServiceName[]>> {
  const merged = documents.flatMap((document) => Object.entries(inputOf(document).profiles ?? {}));
  return Object.fromEntries([...new Map(merged)].flatMap(([name, list]) => (list ? [[name, list]] : [])));
}

/** Every service of a profile must be there, and a profile without services would start all of them. */
export function checkProfiles(document: ConfigDocument, names: readonly ServiceName[]): readonly ConfigIssue[] {
  return Object.entries(inputOf(document).profiles ?? {}).flatMap(([profile, list]) => {
    const at = (index?: number): number =>
      document.place(['profiles', profile, ...(index === undefined ? [] : [index])])?.value ?? 0;
    if (list?.length === 0) return [document.issueAt(at(), `profile ${quoted(profile)} names no service`)];
    return (list ?? []).flatMap((name, index) => {
      if (names.includes(name)) return [];
      const message = `profile ${quoted(profile)} names ${quoted(name)}, and there is no such service`;
      return [document.issueAt(at(index), message, didYouMean(name, names))];
    });
  });
}
