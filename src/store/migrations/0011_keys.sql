ALTER TABLE api_keys ADD COLUMN mode INTEGER NOT NULL DEFAULT 0;  -- 0: live and sandbox, 1: live, 2: sandbox
ALTER TABLE api_keys ADD COLUMN expires INTEGER;
