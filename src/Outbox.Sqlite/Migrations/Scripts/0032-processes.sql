-- The processes of the service that are alive; see the script for PostgreSQL.
CREATE TABLE messaging.processes (
    process        TEXT    NOT NULL PRIMARY KEY,
    service        TEXT    NOT NULL,
    host           TEXT    NOT NULL,
    process_id     INTEGER NOT NULL,
    version        TEXT    NOT NULL,
    started_at     INTEGER NOT NULL,
    seen_at        INTEGER NOT NULL,
    dispatches     INTEGER NOT NULL,
    runs_schedules INTEGER NOT NULL
) WITHOUT ROWID;
