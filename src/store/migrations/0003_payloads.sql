-- What tasks are asked to do, apart from their rows: it can be many megabytes, which every change of a row would write
-- anew and every column behind it would be reached through.
CREATE TABLE payloads (
  task    INTEGER PRIMARY KEY REFERENCES tasks (number) ON DELETE CASCADE,
  payload TEXT NOT NULL,
  body    TEXT             -- the file that an import/base64 or import/raw brings along
);
INSERT INTO payloads SELECT number, payload, NULL FROM tasks WHERE payload <> '';
ALTER TABLE tasks DROP COLUMN payload;
