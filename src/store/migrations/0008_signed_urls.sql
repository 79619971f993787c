CREATE TABLE signed_urls (
  id      TEXT PRIMARY KEY,              -- UUID, part of the address
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name    TEXT NOT NULL,
  secret  TEXT NOT NULL,                 -- sealed
  created INTEGER NOT NULL
);
CREATE INDEX signed_urls_of_user ON signed_urls (user_id, created);

-- Results that are used again: the job of a cache_key, written with that job.
CREATE TABLE signed_results (
  base      TEXT NOT NULL REFERENCES signed_urls (id) ON DELETE CASCADE,
  cache_key TEXT NOT NULL,
  job_id    TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  created   INTEGER NOT NULL,
  PRIMARY KEY (base, cache_key)
) WITHOUT ROWID;
CREATE INDEX signed_results_of_job ON signed_results (job_id);
