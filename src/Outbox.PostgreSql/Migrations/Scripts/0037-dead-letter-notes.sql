-- What operators note on a group of dead letters, and to which other queue one was redriven.
SET LOCAL lock_timeout = '1s';

CREATE TABLE messaging.dead_letter_notes (
    group_id uuid        NOT NULL CONSTRAINT /*prefix*/dead_letter_notes_pkey PRIMARY KEY,
    note     text        NOT NULL,
    who      text        NOT NULL,
    at       timestamptz NOT NULL
);

ALTER TABLE messaging.dead_letters ADD COLUMN redriven_to text NULL;

COMMENT ON TABLE messaging.dead_letter_notes IS 'The notes of operators on groups of dead letters, one for each group.';
COMMENT ON COLUMN messaging.dead_letter_notes.group_id IS 'The group.';
COMMENT ON COLUMN messaging.dead_letter_notes.note IS 'The text.';
COMMENT ON COLUMN messaging.dead_letter_notes.who IS 'Who wrote it last.';
COMMENT ON COLUMN messaging.dead_letter_notes.at IS 'When that was.';
COMMENT ON COLUMN messaging.dead_letters.redriven_to IS 'The other queue to which a redrive sent it; NULL for its own.';
