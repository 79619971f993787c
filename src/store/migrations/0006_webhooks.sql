-- Where the job's creator reached the server: links in what is sent later lead there.
ALTER TABLE jobs ADD COLUMN origin TEXT NOT NULL DEFAULT '';

CREATE TABLE webhooks (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id       INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  url           TEXT NOT NULL,
  events        TEXT NOT NULL,            -- separated by blanks
  disabled      INTEGER NOT NULL DEFAULT 0,
  failing       INTEGER NOT NULL DEFAULT 0,
  secret        TEXT NOT NULL,            -- sealed
  former_secret TEXT,                     -- sealed; still right until former_until
  former_until  INTEGER,
  created       INTEGER NOT NULL,
  updated       INTEGER NOT NULL
);
CREATE INDEX webhooks_of_user ON webhooks (user_id, id);

-- Signs what goes to the webhook_url of single jobs, which have no webhook of their own.
CREATE TABLE webhook_secrets (
  user_id       INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  secret        TEXT NOT NULL,            -- sealed
  former_secret TEXT,
  former_until  INTEGER
);

-- Written with the event it tells of. No foreign key on the job: the log outlives it.
CREATE TABLE deliveries (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  webhook_id INTEGER REFERENCES webhooks (id) ON DELETE CASCADE,  -- null: the job's own webhook_url
  target     TEXT NOT NULL,               -- what is served side by side with others: a webhook, or a URL
  job_id     TEXT NOT NULL,
  event      TEXT NOT NULL,
  url        TEXT NOT NULL,
  replay     INTEGER NOT NULL DEFAULT 0,  -- asked for by hand
  attempts   INTEGER NOT NULL DEFAULT 0,
  due        INTEGER,                     -- null: nothing more is tried
  outcome    INTEGER NOT NULL DEFAULT 0,
  status     INTEGER NOT NULL DEFAULT 0,  -- of the last answer
  error      TEXT NOT NULL DEFAULT '',
  duration   INTEGER NOT NULL DEFAULT 0,  -- of the last attempt, in microseconds
  created    INTEGER NOT NULL,
  ended      INTEGER
);
CREATE INDEX deliveries_due ON deliveries (target, due) WHERE due IS NOT NULL;
CREATE INDEX deliveries_of_job ON deliveries (job_id, target, id) WHERE due IS NOT NULL;
CREATE INDEX deliveries_of_user ON deliveries (user_id, id);
CREATE INDEX deliveries_of_webhook ON deliveries (webhook_id, id) WHERE webhook_id IS NOT NULL;
CREATE INDEX deliveries_ended ON deliveries (ended) WHERE ended IS NOT NULL;
