-- Requests that may be sent again with the same Idempotency-Key.
CREATE TABLE idempotency (
  user_id     INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  key         TEXT NOT NULL,
  fingerprint TEXT NOT NULL,             -- of the request
  object      TEXT NOT NULL DEFAULT '',  -- the job or task it made, written with that
  status      INTEGER,                   -- of the answer
  answer      TEXT,                      -- sealed
  created     INTEGER NOT NULL,
  PRIMARY KEY (user_id, key)
) WITHOUT ROWID;
CREATE INDEX idempotency_by_age ON idempotency (created);
