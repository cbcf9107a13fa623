-- Where what failed was thrown: for operators, and null where no exception was.
ALTER TABLE messaging.dead_letters ADD COLUMN stack_trace text NULL;
