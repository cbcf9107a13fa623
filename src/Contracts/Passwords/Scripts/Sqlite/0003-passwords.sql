-- The password in the format of ASP.NET Core's PasswordHasher; null until the first one is set.
ALTER TABLE users ADD COLUMN password_hash text NULL;
-- When the owner of the address first used a link that was mailed to it.
ALTER TABLE users ADD COLUMN confirmed_at TEXT NULL;

-- Links that a mail has brought: the SHA-256 of their token, which nobody can turn back.
CREATE TABLE password_tokens (
    token_hash BLOB NOT NULL PRIMARY KEY,
    user_id    TEXT NOT NULL,
    expires_at TEXT NOT NULL
);
CREATE INDEX password_tokens_user ON password_tokens (user_id);
CREATE INDEX password_tokens_expiry ON password_tokens (expires_at);

-- Mails that a stranger can cause, one row a task, for as long as they count against their limit.
CREATE TABLE account_mails (
    task_id    TEXT NOT NULL PRIMARY KEY,
    user_id    TEXT NOT NULL,
    kind       text NOT NULL,
    granted_at TEXT NOT NULL
);
CREATE INDEX account_mails_user ON account_mails (user_id, kind);
CREATE INDEX account_mails_time ON account_mails (granted_at);
