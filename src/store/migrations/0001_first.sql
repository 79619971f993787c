CREATE TABLE users (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  username      TEXT NOT NULL UNIQUE,
  email         TEXT NOT NULL,
  administrator INTEGER NOT NULL,
  credits       INTEGER NOT NULL,
  created       INTEGER NOT NULL
);

CREATE TABLE api_keys (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id   INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name      TEXT NOT NULL,
  prefix    TEXT NOT NULL,
  hash      TEXT NOT NULL UNIQUE,
  scopes    TEXT NOT NULL,             -- separated by blanks
  created   INTEGER NOT NULL,
  last_used INTEGER
);
CREATE INDEX api_keys_of_user ON api_keys (user_id);

CREATE TABLE secrets (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

-- Rows are numbered in the order of their creation: that is the order of lists and the age of tasks.
CREATE TABLE jobs (
  number      INTEGER PRIMARY KEY AUTOINCREMENT,
  id          TEXT NOT NULL UNIQUE,
  user_id     INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  tag         TEXT NOT NULL,
  webhook_url TEXT NOT NULL,
  status      INTEGER NOT NULL,
  failing     INTEGER NOT NULL DEFAULT 0,
  created     INTEGER NOT NULL,
  started     INTEGER,
  ended       INTEGER
);
CREATE INDEX jobs_of_user ON jobs (user_id, number);
CREATE INDEX jobs_by_status ON jobs (user_id, status, number);
CREATE INDEX jobs_by_tag ON jobs (user_id, tag, number) WHERE tag <> '';
CREATE INDEX jobs_in_flight ON jobs (user_id) WHERE ended IS NULL;
CREATE INDEX jobs_ended ON jobs (ended) WHERE ended IS NOT NULL;

CREATE TABLE tasks (
  number         INTEGER PRIMARY KEY AUTOINCREMENT,
  id             TEXT NOT NULL UNIQUE,
  job_id         TEXT REFERENCES jobs (id) ON DELETE CASCADE,
  user_id        INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  position       INTEGER NOT NULL,      -- in the job
  name           TEXT NOT NULL,
  operation      TEXT NOT NULL,
  load           INTEGER NOT NULL,
  payload        TEXT NOT NULL,
  status         INTEGER NOT NULL,
  ready          INTEGER NOT NULL,
  ignore_error   INTEGER NOT NULL,
  covered        INTEGER NOT NULL DEFAULT 0,
  credits        INTEGER,
  code           TEXT NOT NULL DEFAULT '',
  message        TEXT NOT NULL DEFAULT '',
  percent        INTEGER NOT NULL DEFAULT 100,
  engine         TEXT NOT NULL DEFAULT '',
  engine_version TEXT NOT NULL DEFAULT '',
  extra          TEXT NOT NULL DEFAULT '',
  file_count     INTEGER NOT NULL DEFAULT 0,
  created        INTEGER NOT NULL,
  started        INTEGER,
  ended          INTEGER,
  retry_of       TEXT,
  priority       INTEGER NOT NULL,
  host_name      TEXT NOT NULL DEFAULT '',
  queue          INTEGER,               -- load class while the task may be claimed
  attempt        INTEGER NOT NULL DEFAULT 0,
  lost           INTEGER NOT NULL DEFAULT 0,  -- attempts whose process was lost
  holder         TEXT,                  -- host of the attempt that holds the task
  lease          INTEGER                -- until then
);
CREATE INDEX tasks_of_job ON tasks (job_id, position) WHERE job_id IS NOT NULL;
CREATE INDEX tasks_of_user ON tasks (user_id, number);
CREATE INDEX tasks_by_status ON tasks (user_id, status, number);
CREATE INDEX tasks_queue ON tasks (queue, user_id, priority DESC, number) WHERE queue IS NOT NULL;
CREATE INDEX tasks_held ON tasks (load, user_id) WHERE holder IS NOT NULL;
CREATE INDEX tasks_uploads ON tasks (created) WHERE ended IS NULL AND operation = 'import/upload';
CREATE INDEX tasks_ended ON tasks (ended) WHERE ended IS NOT NULL AND job_id IS NULL;
CREATE INDEX tasks_retries ON tasks (retry_of) WHERE retry_of IS NOT NULL;

-- No foreign key on the input: what a task depended on is shown when the input is long gone.
CREATE TABLE task_inputs (
  task     INTEGER NOT NULL REFERENCES tasks (number) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  input_id TEXT NOT NULL,
  PRIMARY KEY (task, position)
) WITHOUT ROWID;
CREATE INDEX task_inputs_backwards ON task_inputs (input_id);

CREATE TABLE files (
  task        INTEGER NOT NULL REFERENCES tasks (number) ON DELETE CASCADE,
  position    INTEGER NOT NULL,
  name        TEXT NOT NULL,
  dir         TEXT NOT NULL,
  size        INTEGER NOT NULL,
  md5         TEXT NOT NULL,
  storage_key TEXT NOT NULL,
  PRIMARY KEY (task, position)
) WITHOUT ROWID;
CREATE INDEX files_by_key ON files (storage_key);

-- Storage keys whose rows are gone; the files go after them.
CREATE TABLE garbage (
  storage_key TEXT PRIMARY KEY
) WITHOUT ROWID;

CREATE TABLE outbox (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  name     TEXT NOT NULL,
  user_id  INTEGER NOT NULL,
  job_id   TEXT,
  task_id  TEXT,
  created  INTEGER NOT NULL
);
CREATE INDEX outbox_by_age ON outbox (created);

CREATE TABLE health (
  id      INTEGER PRIMARY KEY,
  checked INTEGER NOT NULL
);
