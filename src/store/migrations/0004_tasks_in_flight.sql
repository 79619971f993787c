-- Standalone tasks count like jobs among what a user has under way.
CREATE INDEX tasks_in_flight ON tasks (user_id) WHERE ended IS NULL AND job_id IS NULL;
