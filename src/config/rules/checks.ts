// `checks`: what a project wants to be true on every machine, by name. The local overlay replaces a check of the same
// name, and null takes one back.

import { BugError } from '../../errors.ts';
import { refusalOf } from '../../core/output/pattern.ts';
import type { CheckSpec } from '../../core/model/project.ts';
import type { ConfigDocument } from '../text/document.ts';
import type { ConfigIssue } from '../text/issue.ts';
import { inputOf } from './layers.ts';
import { quoted } from '../text/position.ts';
import { parseDurationMs } from '../text/quantity.ts';
import { commandOf } from './resolve.ts';

const DEFAULT_TIMEOUT = '10s';

export function checksOf(documents: readonly ConfigDocument[]): readonly CheckSpec[] {
  const merged = new Map(documents.flatMap((document) => Object.entries(inputOf(document).checks ?? {})));
  return [...merged].flatMap(([name, check]) => {
    if (!check?.command) return [];
    const timeoutMs = parseDurationMs(check.timeout ?? DEFAULT_TIMEOUT);
    if (timeoutMs === undefined) throw new BugError(`the schema let through ${quoted(check.timeout ?? '')}`);
    const { hint, expect, required, when } = check;
    return [
      {
        name,
        command: commandOf(check.command),
        timeoutMs,
        ...(hint ? { hint } : {}),
        ...(expect ? { expect } : {}),
        ...(required === true ? { isRequired: true } : {}),
        ...(when === 'running' ? { isForRunning: true } : {}),
      },
    ];
  });
}

export function checkChecks(document: ConfigDocument): readonly ConfigIssue[] {
  return Object.entries(inputOf(document).checks ?? {}).flatMap(([name, check]) => {
    if (check === null || check === undefined) return [];
    const place = document.place(['checks', name]);
    if (!check.command) {
      const hint = 'for example {command: [python3, -c, "import bcrypt"], hint: "pip install bcrypt"}';
      return [document.issueAt(place?.key ?? 0, `check ${quoted(name)} has no command`, hint)];
    }
    if (check.required === true && check.when === 'running') {
      const what = `check ${quoted(name)} is required for a start, but checks services that run only after it`;
      return [
        document.issueAt(document.place(['checks', name, 'required'])?.key ?? 0, what, 'leave out required or when'),
      ];
    }
    const refusal = refusalOf(check.expect ?? '');
    if (refusal === undefined) return [];
    const at = document.place(['checks', name, 'expect'])?.value ?? 0;
    const what = `expect of check ${quoted(name)} cannot be used: ${refusal.reason}`;
    return [document.issueAt(at, what, refusal.hint)];
  });
}
