ALTER TABLE users ADD COLUMN enabled INTEGER NOT NULL DEFAULT 1;

CREATE TABLE passwords (
  user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  hash    TEXT NOT NULL,               -- argon2id, with its salt and cost
  changed INTEGER NOT NULL
);

CREATE TABLE second_factors (
  user_id   INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  secret    TEXT NOT NULL,             -- sealed
  confirmed INTEGER,                   -- null: not asked for yet
  last_step INTEGER NOT NULL DEFAULT 0 -- the newest interval whose code was used
);

CREATE TABLE recovery_codes (
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  hash    TEXT NOT NULL,
  PRIMARY KEY (user_id, hash)
);

CREATE TABLE login_sessions (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  hash       TEXT NOT NULL UNIQUE,     -- SHA-256 of the cookie's token
  pending    INTEGER NOT NULL,         -- the second factor is still to come
  created    INTEGER NOT NULL,
  expires    INTEGER NOT NULL,
  seen       INTEGER NOT NULL,
  address    TEXT NOT NULL,
  user_agent TEXT NOT NULL
);
CREATE INDEX login_sessions_of_user ON login_sessions (user_id);
CREATE INDEX login_sessions_by_end ON login_sessions (expires);

CREATE TABLE invitations (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  hash          TEXT NOT NULL UNIQUE,  -- SHA-256 of the token in the link
  email         TEXT NOT NULL,
  administrator INTEGER NOT NULL,
  created       INTEGER NOT NULL,
  expires       INTEGER NOT NULL
);

CREATE TABLE identities (
  issuer  TEXT NOT NULL,
  subject TEXT NOT NULL,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created INTEGER NOT NULL,
  PRIMARY KEY (issuer, subject)
);
CREATE INDEX identities_of_user ON identities (user_id);

CREATE TABLE login_attempts (
  name     TEXT PRIMARY KEY,           -- hash of what is throttled: an account, an address
  failures INTEGER NOT NULL,           -- in a row
  last     INTEGER NOT NULL,
  until    INTEGER NOT NULL            -- nothing is looked at before
);
CREATE INDEX login_attempts_by_age ON login_attempts (last);
