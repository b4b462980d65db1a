-- What assistants asked for: one row a call of a tool.
CREATE TABLE reachout_outbox_audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    client TEXT NOT NULL,
    session TEXT NOT NULL,
    tool TEXT NOT NULL,
    account TEXT,
    -- JSON; NULL once it was purged.
    arguments TEXT,
    message INTEGER,
    result TEXT,
    -- 1: the first call that may send `message`, which counts under the caps.
    permitted INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX reachout_outbox_audit_permitted ON reachout_outbox_audit (message) WHERE permitted = 1;
CREATE INDEX reachout_outbox_audit_day ON reachout_outbox_audit (started_at) WHERE permitted = 1;
