-- Addresses are stored in lower case, so the key keeps one account an address.
CREATE TABLE users (
    id            TEXT NOT NULL PRIMARY KEY,
    email         text NOT NULL UNIQUE,
    display_name  text NULL,
    registered_at TEXT NOT NULL,
    welcomed_at   TEXT NULL
);
