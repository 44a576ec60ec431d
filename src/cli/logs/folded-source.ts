// Reads logs with folds: without the lines of our own probes, and without the frames of what was redrawn in place.

import type { LogReader } from '../../core/logs/log-seek.ts';
import type { LogFolds } from '../../core/model/session.ts';

/** @param folds undefined for every line as it is on disk */
export function foldedSource(source: LogReader, folds: LogFolds | undefined): LogReader {
  return folds === undefined ? source : { readLogs: (query) => source.readLogs({ ...query, folds }) };
}
