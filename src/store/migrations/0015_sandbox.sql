-- Jobs and tasks of the API's test mode, and what files each user may bring there.
ALTER TABLE jobs ADD COLUMN sandbox INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tasks ADD COLUMN sandbox INTEGER NOT NULL DEFAULT 0;
-- They are few among many, so that a list of them is not to read over all the others.
CREATE INDEX jobs_of_sandbox ON jobs (user_id, number) WHERE sandbox = 1;
CREATE INDEX tasks_of_sandbox ON tasks (user_id, number) WHERE sandbox = 1;

CREATE TABLE sandbox_files (
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  md5     TEXT NOT NULL,                 -- lower-case hex
  name    TEXT NOT NULL,                 -- for people
  created INTEGER NOT NULL,
  PRIMARY KEY (user_id, md5)
) WITHOUT ROWID;
