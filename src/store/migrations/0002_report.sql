-- What an engine did, for include=report: JSON, empty where no engine was at work.
ALTER TABLE tasks ADD COLUMN report TEXT NOT NULL DEFAULT '';
