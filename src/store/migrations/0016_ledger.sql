-- Credits. A user's balance (users.credits) is the sum of the ledger's entries; what tasks that have not ended may come
-- to cost is reserved, so that requests side by side cannot spend the same credits.
ALTER TABLE users ADD COLUMN limited INTEGER NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN reserved INTEGER NOT NULL DEFAULT 0;  -- sum over tasks that have not ended
ALTER TABLE tasks ADD COLUMN reserved INTEGER NOT NULL DEFAULT 0;  -- when it was created; stays
CREATE TABLE ledger (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  at      INTEGER NOT NULL,
  kind    TEXT NOT NULL,
  amount  INTEGER NOT NULL,
  balance INTEGER NOT NULL,             -- after it
  task_id TEXT,                         -- no foreign key: the ledger outlives tasks
  job_id  TEXT,
  note    TEXT NOT NULL DEFAULT '',
  who     TEXT NOT NULL DEFAULT ''
);
CREATE INDEX ledger_of_user ON ledger (user_id, id);
CREATE UNIQUE INDEX ledger_charges ON ledger (task_id) WHERE kind = 'charge';  -- a task is paid for once

-- A task ends in many ways and may be removed in several. These make sure that none of them forgets its reservation.
CREATE TRIGGER credits_reserved AFTER UPDATE OF reserved ON tasks WHEN new.ended IS NULL BEGIN
  UPDATE users SET reserved = reserved + new.reserved - old.reserved WHERE id = new.user_id;
END;
CREATE TRIGGER credits_released AFTER UPDATE OF ended ON tasks
WHEN old.ended IS NULL AND new.ended IS NOT NULL AND new.reserved > 0 BEGIN
  UPDATE users SET reserved = reserved - new.reserved WHERE id = new.user_id;
END;
CREATE TRIGGER credits_released_by_removal AFTER DELETE ON tasks WHEN old.ended IS NULL AND old.reserved > 0 BEGIN
  UPDATE users SET reserved = reserved - old.reserved WHERE id = old.user_id;
END;

-- Quotas: JSON, empty for none.
ALTER TABLE users ADD COLUMN quota TEXT NOT NULL DEFAULT '';
ALTER TABLE api_keys ADD COLUMN quota TEXT NOT NULL DEFAULT '';
ALTER TABLE api_keys ADD COLUMN family INTEGER;     -- the key whose quota the use counts for; null: its own
-- What held when they were created.
ALTER TABLE jobs ADD COLUMN family INTEGER;         -- key that it counts for; null: it has no quota
ALTER TABLE jobs ADD COLUMN keep INTEGER;           -- microseconds after the end; null: as the server keeps all
ALTER TABLE tasks ADD COLUMN family INTEGER;
ALTER TABLE tasks ADD COLUMN keep INTEGER;
ALTER TABLE tasks ADD COLUMN largest_file INTEGER;  -- bytes of a file that comes in
ALTER TABLE tasks ADD COLUMN formats TEXT;          -- that may come out, separated by blanks; null: all
CREATE INDEX jobs_of_family ON jobs (family) WHERE ended IS NULL AND family IS NOT NULL;
CREATE INDEX tasks_of_family ON tasks (family) WHERE ended IS NULL AND job_id IS NULL AND family IS NOT NULL;
CREATE INDEX jobs_kept ON jobs (ended + keep) WHERE keep IS NOT NULL AND ended IS NOT NULL;
CREATE INDEX tasks_kept ON tasks (ended + keep) WHERE keep IS NOT NULL AND ended IS NOT NULL AND job_id IS NULL;

-- Tasks that were created in a second, for those who have a limit. Apart from tasks, which can be deleted.
CREATE TABLE creations (
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  second  INTEGER NOT NULL,
  family  INTEGER NOT NULL,             -- 0: a key without a quota, or none
  tasks   INTEGER NOT NULL,
  PRIMARY KEY (user_id, second, family)
) WITHOUT ROWID;

-- How long engines worked on a day (UTC).
CREATE TABLE engine_time (
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  day     INTEGER NOT NULL,             -- since 1970
  family  INTEGER NOT NULL,
  micros  INTEGER NOT NULL,
  PRIMARY KEY (user_id, day, family)
) WITHOUT ROWID;
