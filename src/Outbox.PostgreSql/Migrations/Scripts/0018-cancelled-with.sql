-- The task with which this one was cancelled, because it comes after it: a retry of either brings both back.
ALTER TABLE messaging.tasks ADD COLUMN cancelled_with uuid NULL;
