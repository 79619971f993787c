-- Identities get a number to be named by, and when somebody last came in by them.
CREATE TABLE numbered_identities (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  issuer    TEXT NOT NULL,
  subject   TEXT NOT NULL,
  user_id   INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created   INTEGER NOT NULL,
  last_used INTEGER,                  -- null: not since this was kept
  UNIQUE (issuer, subject)
);
INSERT INTO numbered_identities (issuer, subject, user_id, created)
  SELECT issuer, subject, user_id, created FROM identities ORDER BY created, issuer, subject;
DROP TABLE identities;
ALTER TABLE numbered_identities RENAME TO identities;
CREATE INDEX identities_of_user ON identities (user_id);

-- How users want to be told; without a row, in the server's language and of everything by mail.
CREATE TABLE notice_choices (
  user_id      INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  language     TEXT NOT NULL,         -- empty: the server's
  without_mail TEXT NOT NULL          -- kinds, separated by blanks
);
