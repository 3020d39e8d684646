import { conversations } from './0001-conversations.ts';

/** Times are UTC milliseconds; columns that begin with `host_` hold the host's own time. */
const work = `
CREATE TABLE settings (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tenants (
  id TEXT PRIMARY KEY,
  platform TEXT NOT NULL,
  external_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (platform, external_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE principals (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  external_id TEXT NOT NULL,
  name TEXT NOT NULL,
  linked_to TEXT REFERENCES principals (id),
  created_at INTEGER NOT NULL,
  UNIQUE (tenant_id, external_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE assets (
  sha256 TEXT PRIMARY KEY,
  bytes INTEGER NOT NULL,
  extension TEXT NOT NULL,
  facts TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Smaller copies of assets, by how they are made.
CREATE TABLE prepared_assets (
  source_sha256 TEXT NOT NULL REFERENCES assets (sha256),
  recipe TEXT NOT NULL,
  asset_sha256 TEXT NOT NULL REFERENCES assets (sha256),
  PRIMARY KEY (source_sha256, recipe)
) STRICT, WITHOUT ROWID;

CREATE TABLE prompts (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  owner_id TEXT NOT NULL REFERENCES principals (id),
  text TEXT NOT NULL,
  negative_text TEXT NOT NULL,
  left_out TEXT,
  created_at INTEGER NOT NULL,
  deleted_at INTEGER,
  -- Whose better text it has, and the run that found it: never two prompts of one run.
  parent_id TEXT REFERENCES prompts (id),
  parent_run_id TEXT UNIQUE REFERENCES runs (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX prompts_newest ON prompts (created_at DESC, id) WHERE deleted_at IS NULL;

CREATE TABLE prompt_inputs (
  prompt_id TEXT NOT NULL REFERENCES prompts (id),
  role TEXT NOT NULL,
  asset_sha256 TEXT NOT NULL REFERENCES assets (sha256),
  original_name TEXT NOT NULL,
  changes TEXT,
  PRIMARY KEY (prompt_id, role)
) STRICT, WITHOUT ROWID;

-- Files that were sent for a prompt and that nothing uses yet, since another file has their role.
CREATE TABLE prompt_offers (
  prompt_id TEXT NOT NULL REFERENCES prompts (id),
  asset_sha256 TEXT NOT NULL REFERENCES assets (sha256),
  original_name TEXT NOT NULL,
  changes TEXT,
  offered_at INTEGER NOT NULL,
  PRIMARY KEY (prompt_id, asset_sha256)
) STRICT, WITHOUT ROWID;

CREATE TABLE requests (
  id TEXT PRIMARY KEY,
  owner_id TEXT NOT NULL REFERENCES principals (id),
  -- What differs between its runs, as a list of names; NULL where it is one run, shown by itself.
  varied TEXT,
  -- The request whose runs without a result are run again.
  parent_id TEXT REFERENCES requests (id),
  -- What was asked for, while somebody has yet to confirm it: such a request has no runs.
  proposal TEXT,
  created_at INTEGER NOT NULL,
  -- When its contact sheet was made, or found to be impossible; NULL while somebody has yet to do that.
  sheet_settled_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX requests_sheetless ON requests (created_at)
  WHERE varied IS NOT NULL AND proposal IS NULL AND sheet_settled_at IS NULL;
CREATE INDEX requests_newest ON requests (created_at DESC, id) WHERE varied IS NOT NULL AND proposal IS NULL;

CREATE TABLE profiles (
  hash TEXT PRIMARY KEY,
  id TEXT NOT NULL,
  content TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  prompt_id TEXT NOT NULL REFERENCES prompts (id),
  request_id TEXT NOT NULL REFERENCES requests (id),
  request_position INTEGER NOT NULL,
  owner_id TEXT NOT NULL REFERENCES principals (id),
  parent_id TEXT REFERENCES runs (id),
  parent_relation TEXT,
  profile_id TEXT NOT NULL,
  profile_hash TEXT NOT NULL REFERENCES profiles (hash),
  text TEXT NOT NULL,
  negative_text TEXT NOT NULL,
  parameters TEXT NOT NULL,
  -- The parameters that make it a draft, as a list of names.
  draft TEXT,
  frames INTEGER,
  width INTEGER,
  height INTEGER,
  priority INTEGER NOT NULL,
  turn INTEGER NOT NULL,
  state TEXT NOT NULL,
  stage TEXT,
  lane TEXT,
  attempt_id TEXT,
  progress TEXT,
  problem TEXT,
  unreachable_since INTEGER,
  cancel_requested_at INTEGER,
  cancel_by TEXT REFERENCES principals (id),
  rating INTEGER CHECK (rating BETWEEN 1 AND 5),
  queued_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  model_ms INTEGER,
  gpu_seconds REAL,
  -- How often it came back from a batch that others have ended, and why the last time.
  returns INTEGER NOT NULL DEFAULT 0,
  return_problem TEXT,
  -- With how many runs it may share a load, itself included; NULL where nothing limits that.
  batch_limit INTEGER,
  -- Runs behind it in the queue that a batch has taken before it.
  overtaken INTEGER NOT NULL DEFAULT 0,
  deleted_at INTEGER
) STRICT;
CREATE INDEX runs_claim ON runs (priority DESC, turn, queued_at, request_id, request_position) WHERE state = 'queued';
CREATE INDEX runs_queued_by_owner ON runs (owner_id, turn) WHERE state = 'queued';
CREATE INDEX runs_active ON runs (id) WHERE state = 'active';
CREATE INDEX runs_newest ON runs (queued_at DESC, request_id, request_position DESC) WHERE deleted_at IS NULL;
CREATE INDEX runs_of_request ON runs (request_id, request_position);
CREATE INDEX runs_of_parent ON runs (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX runs_of_prompt ON runs (prompt_id, queued_at DESC);
CREATE INDEX runs_learned ON runs (profile_id, finished_at DESC) WHERE state = 'done';

CREATE TABLE run_inputs (
  run_id TEXT NOT NULL REFERENCES runs (id),
  role TEXT NOT NULL,
  asset_sha256 TEXT NOT NULL REFERENCES assets (sha256),
  original_name TEXT NOT NULL,
  changes TEXT,
  PRIMARY KEY (run_id, role)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_outputs (
  run_id TEXT NOT NULL REFERENCES runs (id),
  position INTEGER NOT NULL,
  kind TEXT NOT NULL,
  purpose TEXT NOT NULL,
  label TEXT NOT NULL,
  path TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  facts TEXT,
  -- Content of a short text.
  text TEXT,
  PRIMARY KEY (run_id, position)
) STRICT, WITHOUT ROWID;

-- The turn of each person's last started run of a model: whoever has had the present turn waits for the next.
CREATE TABLE turns (
  owner_id TEXT NOT NULL REFERENCES principals (id),
  profile_id TEXT NOT NULL,
  turn INTEGER NOT NULL,
  PRIMARY KEY (owner_id, profile_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE lanes (
  name TEXT PRIMARY KEY,
  blocked TEXT,
  driver_process INTEGER,
  driver_kind TEXT,
  driver_since INTEGER
) STRICT, WITHOUT ROWID;

-- How each host was when it was asked last, and when it last answered.
CREATE TABLE host_readings (
  host TEXT PRIMARY KEY,
  asked_at INTEGER NOT NULL,
  answered_at INTEGER,
  facts TEXT,
  failing_since INTEGER,
  problem TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE chat_connections (
  chat TEXT PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('connecting', 'connected', 'lost', 'refused')),
  since INTEGER NOT NULL,
  detail TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE jobs (
  id TEXT PRIMARY KEY,
  lane TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE job_items (
  job_id TEXT NOT NULL REFERENCES jobs (id),
  position INTEGER NOT NULL,
  run_id TEXT NOT NULL REFERENCES runs (id),
  -- When it had its end, apart from the others or with them.
  ended_at INTEGER,
  PRIMARY KEY (job_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE attempts (
  id TEXT PRIMARY KEY,
  job_id TEXT NOT NULL REFERENCES jobs (id),
  number INTEGER NOT NULL,
  lane TEXT NOT NULL,
  instance_id TEXT NOT NULL,
  host_id TEXT,
  state TEXT NOT NULL,
  claimed_at INTEGER NOT NULL,
  starting_at INTEGER,
  ended_at INTEGER,
  tries INTEGER NOT NULL DEFAULT 0,
  next_try_at INTEGER,
  stop_reason TEXT,
  stop_sent_at INTEGER,
  kill_sent_at INTEGER,
  outputs_at_stop TEXT,
  host_started_at INTEGER,
  host_ended_at INTEGER,
  exit_code INTEGER,
  outcome TEXT,
  problem TEXT,
  gpu_seconds REAL
) STRICT, WITHOUT ROWID;
-- One serial executor: a lane has at most one attempt that has not ended.
CREATE UNIQUE INDEX attempts_open ON attempts (lane) WHERE state <> 'ended';

CREATE TABLE idempotency_keys (
  key TEXT PRIMARY KEY,
  result TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  sequence INTEGER PRIMARY KEY,
  schema_version INTEGER NOT NULL,
  at INTEGER NOT NULL,
  actor_id TEXT REFERENCES principals (id),
  run_id TEXT REFERENCES runs (id),
  attempt_id TEXT REFERENCES attempts (id),
  type TEXT NOT NULL,
  payload TEXT NOT NULL
) STRICT;
CREATE INDEX events_of_run ON events (run_id, sequence) WHERE run_id IS NOT NULL;
`;

/** The first schema. */
export const initial = `${work}${conversations}`;
