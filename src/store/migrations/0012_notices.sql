CREATE TABLE notices (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id  INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  kind     TEXT NOT NULL,
  occasion TEXT NOT NULL,             -- it is told once
  "values" TEXT NOT NULL,             -- JSON: what the template's places are filled with
  created  INTEGER NOT NULL,
  read     INTEGER,
  attempts INTEGER NOT NULL DEFAULT 0, -- to mail it
  due      INTEGER,                   -- the next attempt; null: at once, unless it is mailed
  mailed   INTEGER,                   -- or given up, see the next
  given_up INTEGER NOT NULL DEFAULT 0,
  UNIQUE (user_id, kind, occasion)
);
CREATE INDEX notices_to_mail ON notices (due) WHERE mailed IS NULL;
