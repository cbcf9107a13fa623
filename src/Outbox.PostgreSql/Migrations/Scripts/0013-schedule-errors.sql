-- Why a schedule cannot go on: set with next_due_at NULL, until somebody puts or resumes it.
ALTER TABLE messaging.schedules ADD COLUMN error text NULL;
