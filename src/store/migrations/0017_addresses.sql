-- Addresses of webhooks are sealed: they often hold what lets somebody in. Those that were in the clear are listed here
-- until the program, which has the key, has sealed them.
ALTER TABLE jobs ADD COLUMN webhook_target TEXT NOT NULL DEFAULT '';  -- tells addresses apart: a hash
CREATE TABLE addresses_in_clear (
  kind TEXT NOT NULL,  -- the table
  id   INTEGER NOT NULL,
  PRIMARY KEY (kind, id)
) WITHOUT ROWID;
INSERT INTO addresses_in_clear SELECT 'webhooks', id FROM webhooks;
INSERT INTO addresses_in_clear SELECT 'deliveries', id FROM deliveries;
INSERT INTO addresses_in_clear SELECT 'jobs', number FROM jobs WHERE webhook_url <> '';
