-- Secret members of a payload, sealed; '' once they are wiped. The payload beside them holds what may be seen.
ALTER TABLE payloads ADD COLUMN sealed TEXT;
-- However a task ends, nobody needs its secrets any more.
CREATE TRIGGER wipe_secrets AFTER UPDATE OF ended ON tasks WHEN NEW.ended IS NOT NULL AND OLD.ended IS NULL
BEGIN
  UPDATE payloads SET sealed = '' WHERE task = NEW.number AND sealed IS NOT NULL;
END;
