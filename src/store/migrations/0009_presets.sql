-- Named option sets; each change is a further version.
CREATE TABLE presets (
  user_id     INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name        TEXT NOT NULL,
  version     INTEGER NOT NULL,
  operation   TEXT NOT NULL,
  description TEXT NOT NULL,
  options     TEXT NOT NULL,             -- JSON, sealed: passwords may be among them
  created     INTEGER NOT NULL,
  PRIMARY KEY (user_id, name, version)
) WITHOUT ROWID;
