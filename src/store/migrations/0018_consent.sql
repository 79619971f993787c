-- What was agreed to in the sandbox is not agreed to for what runs live.
ALTER TABLE oauth_grants ADD COLUMN live_scopes TEXT;  -- separated by blanks; null: agreed to in the sandbox only
UPDATE oauth_grants SET live_scopes = scopes WHERE EXISTS
  (SELECT 1 FROM oauth_authorizations WHERE grant_id = oauth_grants.id AND mode = 0);
