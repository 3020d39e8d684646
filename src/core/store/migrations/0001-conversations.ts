/**
 * The tables of conversations: where they are, what they have to show, and what came in from them. Times are UTC
 * milliseconds.
 */
export const conversations = `
CREATE TABLE threads (
  id TEXT PRIMARY KEY,
  platform TEXT NOT NULL,
  tenant TEXT NOT NULL,
  channel TEXT NOT NULL,
  thread TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (platform, tenant, channel, thread)
) STRICT, WITHOUT ROWID;

CREATE TABLE prompt_threads (
  prompt_id TEXT NOT NULL REFERENCES prompts (id),
  thread_id TEXT NOT NULL REFERENCES threads (id),
  PRIMARY KEY (prompt_id, thread_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_threads (
  run_id TEXT NOT NULL REFERENCES runs (id),
  thread_id TEXT NOT NULL REFERENCES threads (id),
  PRIMARY KEY (run_id, thread_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE deliveries (
  id TEXT PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  thread_id TEXT NOT NULL REFERENCES threads (id),
  purpose TEXT NOT NULL,
  run_id TEXT REFERENCES runs (id),
  prompt_id TEXT REFERENCES prompts (id),
  request_id TEXT REFERENCES requests (id),
  -- Which output of the run is posted.
  output INTEGER,
  card TEXT,
  answered TEXT,
  state TEXT NOT NULL,
  message TEXT,
  first_intent_at INTEGER,
  intent_at INTEGER,
  twins_at INTEGER,
  shown_hash TEXT,
  shown_sequence INTEGER NOT NULL DEFAULT 0,
  shown_at INTEGER,
  tries INTEGER NOT NULL DEFAULT 0,
  next_try_at INTEGER,
  problem TEXT,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX deliveries_open ON deliveries (created_at) WHERE state = 'open';
CREATE INDEX deliveries_of_run ON deliveries (run_id) WHERE run_id IS NOT NULL;

-- The id that a platform gave to a file of ours, under the key of the intent to send it: platforms that take a file in
-- several steps, and show it later or never, are asked for it by this id.
CREATE TABLE chat_files (
  key TEXT PRIMARY KEY,
  file_id TEXT NOT NULL,
  sent_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX chat_files_oldest ON chat_files (sent_at);

CREATE TABLE inbox (
  dedupe_key TEXT PRIMARY KEY,
  platform TEXT NOT NULL,
  payload TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  done_at INTEGER
) STRICT;
CREATE INDEX inbox_open ON inbox (platform, received_at) WHERE done_at IS NULL;

CREATE TABLE transcript (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  tenant TEXT NOT NULL,
  channel TEXT NOT NULL,
  thread TEXT,
  author TEXT NOT NULL,
  card TEXT NOT NULL,
  hash TEXT NOT NULL,
  file TEXT,
  revision INTEGER NOT NULL DEFAULT 0,
  posted_at INTEGER NOT NULL,
  deleted_at INTEGER
) STRICT;
`;
