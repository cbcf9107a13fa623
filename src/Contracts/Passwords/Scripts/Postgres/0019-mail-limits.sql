-- Mails that a stranger can cause, one row a task, for as long as they count. Mailbox and domain are SHA-256: an address counts
-- whether anybody has registered it or not.
DROP TABLE account_mails;
CREATE TABLE mail_grants (
    task_id    uuid NOT NULL PRIMARY KEY,
    mailbox    bytea NOT NULL,
    domain     bytea NOT NULL,
    kind       text NOT NULL,
    granted_at timestamptz NOT NULL
);
CREATE INDEX mail_grants_mailbox ON mail_grants (mailbox, granted_at);
CREATE INDEX mail_grants_domain ON mail_grants (domain, granted_at);
CREATE INDEX mail_grants_time ON mail_grants (granted_at);
-- What has to be counted by one at a time: the row of a mailbox or domain is locked until the grant is committed.
CREATE TABLE mail_counters (
    key     bytea NOT NULL PRIMARY KEY,
    used_at timestamptz NOT NULL
);
CREATE INDEX mail_counters_time ON mail_counters (used_at);
