-- OAuth 2.0. Secrets, codes and tokens are there as SHA-256 only.
CREATE TABLE oauth_clients (
  id            TEXT PRIMARY KEY,
  user_id       INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,  -- who registered it
  name          TEXT NOT NULL,
  secret        TEXT,                    -- hash; null: a public client
  redirect_uris TEXT NOT NULL,           -- separated by blanks
  flows         TEXT NOT NULL,           -- separated by blanks
  created       INTEGER NOT NULL,
  updated       INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX oauth_clients_of_user ON oauth_clients (user_id, created);

-- What a user lets a client do.
CREATE TABLE oauth_grants (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id   INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  client_id TEXT NOT NULL REFERENCES oauth_clients (id) ON DELETE CASCADE,
  scopes    TEXT NOT NULL,
  created   INTEGER NOT NULL,
  updated   INTEGER NOT NULL,
  UNIQUE (user_id, client_id)
);
CREATE INDEX oauth_grants_of_client ON oauth_grants (client_id);

-- One time that a client was let in: its code, and then its tokens. Without the row nothing of that is good.
CREATE TABLE oauth_authorizations (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  grant_id       INTEGER NOT NULL REFERENCES oauth_grants (id) ON DELETE CASCADE,
  scopes         TEXT NOT NULL,
  mode           INTEGER NOT NULL,       -- as of api_keys
  code           TEXT UNIQUE,            -- hash; null: of the implicit grant
  code_until     INTEGER,
  redirect_uri   TEXT NOT NULL DEFAULT '',
  redirect_asked INTEGER NOT NULL DEFAULT 0,  -- whether the request named it
  challenge      TEXT NOT NULL DEFAULT '',
  method         INTEGER NOT NULL DEFAULT 0,
  redeemed       INTEGER,                -- when
  family         TEXT UNIQUE,            -- hash of what all its refresh tokens begin with
  refresh        TEXT,                   -- hash of the rest of the one that is good now
  refresh_until  INTEGER,
  created        INTEGER NOT NULL
);
CREATE INDEX oauth_authorizations_of_grant ON oauth_authorizations (grant_id, id);
CREATE INDEX oauth_codes ON oauth_authorizations (code_until) WHERE redeemed IS NULL AND code IS NOT NULL;

-- Access tokens are keys, so that all that holds for keys holds for them.
ALTER TABLE api_keys ADD COLUMN authorization_id INTEGER REFERENCES oauth_authorizations (id) ON DELETE CASCADE;
CREATE INDEX api_keys_of_authorization ON api_keys (authorization_id) WHERE authorization_id IS NOT NULL;
