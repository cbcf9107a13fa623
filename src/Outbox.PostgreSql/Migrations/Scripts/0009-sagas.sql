-- The state of sagas: a row for each instance, written in the transaction of the message that changed it.
CREATE TABLE messaging.sagas (
    saga_type      text        NOT NULL,
    correlation_id uuid        NOT NULL,
    current_state  text        NULL, -- the name of the state, for whoever looks; the saga's own property is in data
    data           text        NOT NULL, -- JSON
    version        bigint      NOT NULL,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    CONSTRAINT /*prefix*/sagas_pkey PRIMARY KEY (saga_type, correlation_id)
) WITH (fillfactor = 70);

-- What events find a saga by other than its id. The slot is all zeros where a value may belong to one saga only, or else the saga's id.
CREATE TABLE messaging.saga_keys (
    saga_type      text NOT NULL,
    name           text NOT NULL,
    value          text NOT NULL,
    slot           uuid NOT NULL,
    correlation_id uuid NOT NULL,
    CONSTRAINT /*prefix*/saga_keys_pkey PRIMARY KEY (saga_type, name, value, slot)
);

CREATE INDEX /*prefix*/saga_keys_saga ON messaging.saga_keys (saga_type, correlation_id);
