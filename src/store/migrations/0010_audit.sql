-- Who changed what about accounts. Each row's hash covers the one before it; no foreign keys: it outlives all it names.
CREATE TABLE audit (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  at       INTEGER NOT NULL,
  user_id  INTEGER,                      -- null: the server itself, or its operator at the machine
  username TEXT NOT NULL,
  key_id   INTEGER,
  address  TEXT NOT NULL,
  action   TEXT NOT NULL,
  object   TEXT NOT NULL,
  detail   TEXT NOT NULL,
  hash     TEXT NOT NULL
);
CREATE INDEX audit_of_user ON audit (user_id, sequence);
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'the audit log is append-only'); END;
