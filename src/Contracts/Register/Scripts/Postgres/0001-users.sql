-- Addresses are stored in lower case, so the key keeps one account an address.
CREATE TABLE users (
    id            uuid NOT NULL PRIMARY KEY,
    email         text NOT NULL UNIQUE,
    display_name  text NULL,
    registered_at timestamptz NOT NULL,
    welcomed_at   timestamptz NULL
);
