// How the history lies on disk. Facts are JSON, without secrets, so that a later version can add to them.

export const HISTORY_VERSION = 1;

export const CREATE_TABLES = `
CREATE TABLE IF NOT EXISTS events (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  type TEXT NOT NULL,
  service TEXT,
  actor TEXT,
  fact TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS events_by_type ON events (type, at);
CREATE INDEX IF NOT EXISTS events_by_service ON events (service, type, at);
CREATE TABLE IF NOT EXISTS minutes (
  minute INTEGER NOT NULL,
  service TEXT NOT NULL,
  step INTEGER NOT NULL,
  cpu REAL,
  least INTEGER NOT NULL,
  most INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  lines INTEGER NOT NULL,
  latency REAL,
  PRIMARY KEY (service, minute)
) WITHOUT ROWID;
`;
