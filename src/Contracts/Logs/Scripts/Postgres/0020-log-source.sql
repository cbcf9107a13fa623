-- Who wrote an entry: 0 nobody knows (from before this column), 1 a caller, 2 the access log, 3 the service itself. The old entries say nothing of it
-- that a caller could not have said as well.
ALTER TABLE activity_log ADD COLUMN source smallint NOT NULL DEFAULT 0;
