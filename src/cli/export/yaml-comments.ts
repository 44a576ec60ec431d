// Comments above the entries of a map.

import { isPair, isScalar, type YAMLMap } from 'yaml';

export function withComments(map: YAMLMap, comments: ReadonlyMap<string, readonly string[]>): void {
  for (const entry of map.items) {
    if (!isPair(entry) || !isScalar(entry.key)) continue;
    const lines = comments.get(String(entry.key.value)) ?? [];
    if (lines.length > 0) entry.key.commentBefore = lines.map((line) => ` ${line}`).join('\n');
  }
}
