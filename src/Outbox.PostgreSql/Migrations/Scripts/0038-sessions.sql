-- The sessions of browsers that have signed in to the dashboard. At most a hundred for each key, so the table needs no index but its key.
CREATE TABLE messaging.sessions (
    id         text        NOT NULL CONSTRAINT /*prefix*/sessions_pkey PRIMARY KEY,
    who        text        NOT NULL,
    started_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);

COMMENT ON TABLE messaging.sessions IS 'One row for each session of a browser, until it ends or expires.';
COMMENT ON COLUMN messaging.sessions.id IS 'SHA-256 of the session''s token, which is in the browser''s cookie alone.';
COMMENT ON COLUMN messaging.sessions.who IS 'The name of the access key that the session was started with.';
COMMENT ON COLUMN messaging.sessions.started_at IS 'When it was started.';
COMMENT ON COLUMN messaging.sessions.expires_at IS 'When it ends at the latest.';
