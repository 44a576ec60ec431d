// What `status` prints: the table, and below it what the session itself has to tell.

import type { ConfigNews, FailedCheckView, SessionSnapshot } from '../../core/session/snapshot.ts';
import { configNewsLine } from '../../format/config-news.ts';
import { failedCheckLines } from '../../format/failed-check.ts';
import type { Paint } from '../../format/table.ts';

/** @param table of the services of the snapshot */
export function statusLines(
  { session, services }: SessionSnapshot,
  table: readonly string[],
  paint: Paint,
): readonly string[] {
  if (services.length === 0) return ['The project has no services.'];
  if (session.ending) return [...table, '', 'The session is stopping.'];
  const news = session.config === undefined ? [] : ['', configLine(session.config, paint)];
  const { problem = null } = session.metrics ?? {};
  const metrics = problem === null ? [] : ['', paint('warn', `! ${problem}`)];
  return [...table, ...checkLines(session.failedChecks ?? [], paint), ...metrics, ...news];
}

function configLine(news: ConfigNews, paint: Paint): string {
  const next = news.status === 'pending' ? '; ./dev reload applies it' : '';
  return paint(news.status === 'pending' ? 'warn' : 'fail', `${configNewsLine(news)}${next}`);
}

function checkLines(failed: readonly FailedCheckView[], paint: Paint): readonly string[] {
  const lines = failed.flatMap((check) => failedCheckLines(check));
  return lines.length === 0 ? [] : ['', ...lines.map((line) => paint('warn', line))];
}
