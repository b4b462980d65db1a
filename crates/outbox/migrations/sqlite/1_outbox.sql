CREATE VIEW reachout_outbox_clock AS SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER) AS ms;

CREATE TABLE reachout_outbox_messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- SHA-256 of the caller's key; `key` itself goes with the content.
    key_hash BLOB NOT NULL UNIQUE,
    key TEXT,
    -- SHA-256 of all that was asked for, so that the key cannot be used for anything else.
    fingerprint BLOB NOT NULL,
    vendor TEXT NOT NULL,
    credential TEXT NOT NULL,
    channel TEXT,
    sender TEXT NOT NULL,
    sequence TEXT,
    -- SHA-256 of it, which is kept when the content is purged: a reply may come later.
    sequence_hash BLOB,
    -- What the recipient is, and SHA-256 of the canonical form.
    recipient_kind TEXT NOT NULL,
    recipient BLOB NOT NULL,
    -- JSON; NULL once it was purged.
    content TEXT,
    state TEXT NOT NULL,
    -- How many attempts began, and how many of them before it was last queued by a person.
    attempt INTEGER NOT NULL DEFAULT 0,
    first_attempt INTEGER NOT NULL DEFAULT 0,
    -- How often since then the vendor was asked about the recipient, and what it said was not understood.
    unclear_checks INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    -- 1: a pause of its campaign, its key or its recipient holds it.
    paused INTEGER NOT NULL DEFAULT 0,
    worker TEXT,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    reason TEXT,
    code TEXT,
    conversation TEXT
);
CREATE INDEX reachout_outbox_due ON reachout_outbox_messages (vendor, credential, due_at, id)
    WHERE state = 'queued' AND worker IS NULL AND paused = 0;
CREATE INDEX reachout_outbox_held ON reachout_outbox_messages (worker, state) WHERE worker IS NOT NULL;
CREATE INDEX reachout_outbox_state ON reachout_outbox_messages (state, id);
CREATE INDEX reachout_outbox_purge ON reachout_outbox_messages (changed_at)
    WHERE content IS NOT NULL AND state NOT IN ('queued', 'sending', 'unknown');
CREATE INDEX reachout_outbox_sequence ON reachout_outbox_messages (sequence_hash) WHERE sequence_hash IS NOT NULL;
CREATE INDEX reachout_outbox_recipient ON reachout_outbox_messages (vendor, recipient);
CREATE INDEX reachout_outbox_conversation ON reachout_outbox_messages (vendor, conversation) WHERE conversation IS NOT NULL;

CREATE TABLE reachout_outbox_attempts (
    message INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    worker TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    outcome TEXT,
    reason TEXT,
    code TEXT,
    http_status INTEGER,
    request_id TEXT,
    PRIMARY KEY (message, attempt)
) WITHOUT ROWID;

-- The vendor's ids of a message, which webhooks name it by.
CREATE TABLE reachout_outbox_ids (
    vendor TEXT NOT NULL,
    vendor_id TEXT NOT NULL,
    message INTEGER NOT NULL,
    PRIMARY KEY (vendor, vendor_id, message)
) WITHOUT ROWID;
CREATE INDEX reachout_outbox_ids_of ON reachout_outbox_ids (message);

CREATE TABLE reachout_outbox_workers (
    id TEXT PRIMARY KEY,
    lease_until INTEGER NOT NULL
);

-- Each vendor and credential that a message was queued for; the one with empty names stands for all of them.
CREATE TABLE reachout_outbox_accounts (
    vendor TEXT NOT NULL,
    credential TEXT NOT NULL,
    paused INTEGER NOT NULL DEFAULT 0,
    reason TEXT,
    rules TEXT,
    PRIMARY KEY (vendor, credential)
);

-- Each address that a message reaches, in its canonical form; purged with the content.
CREATE TABLE reachout_outbox_addresses (
    message INTEGER NOT NULL,
    address TEXT NOT NULL,
    -- 1: the recipient's own; 0: of somebody who gets a copy.
    own INTEGER NOT NULL,
    PRIMARY KEY (message, address)
) WITHOUT ROWID;
CREATE INDEX reachout_outbox_messages_to ON reachout_outbox_addresses (address);

-- Sequences that a reply, a bounce or an unsubscription ended, by the recipient it is about.
CREATE TABLE reachout_outbox_stops (
    credential TEXT NOT NULL,
    -- As the messages' `sequence_hash`, `recipient_kind` and `recipient`.
    sequence BLOB NOT NULL,
    vendor TEXT NOT NULL,
    kind TEXT NOT NULL,
    recipient BLOB NOT NULL,
    reason TEXT NOT NULL,
    stopped_at INTEGER NOT NULL,
    PRIMARY KEY (credential, sequence, vendor, kind, recipient)
) WITHOUT ROWID;

-- Recipients whom a vendor's check refused, until it permits them.
CREATE TABLE reachout_outbox_refused (
    vendor TEXT NOT NULL,
    credential TEXT NOT NULL,
    -- As the messages' `recipient_kind` and `recipient`.
    kind TEXT NOT NULL,
    recipient BLOB NOT NULL,
    -- The only channel that is meant; empty for all.
    channel TEXT NOT NULL,
    code TEXT NOT NULL,
    refused_at INTEGER NOT NULL,
    PRIMARY KEY (vendor, credential, kind, recipient, channel)
) WITHOUT ROWID;

-- Pauses of campaigns, keys and people; what is empty means all.
CREATE TABLE reachout_outbox_pauses (
    vendor TEXT NOT NULL,
    credential TEXT NOT NULL,
    campaign TEXT NOT NULL,
    key_hash BLOB NOT NULL,
    address TEXT NOT NULL,
    PRIMARY KEY (vendor, credential, campaign, key_hash, address)
) WITHOUT ROWID;

CREATE TABLE reachout_outbox_suppressed (
    -- In its canonical form.
    address TEXT NOT NULL,
    channel TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    PRIMARY KEY (address, channel)
);

CREATE TABLE reachout_outbox_daily (
    vendor TEXT NOT NULL,
    credential TEXT NOT NULL,
    -- SHA-256 of the sender, whom a purge is not to leave here.
    sender BLOB NOT NULL,
    day TEXT NOT NULL,
    used INTEGER NOT NULL,
    PRIMARY KEY (vendor, credential, sender, day)
);

-- A row while what was purged is still in the file: in free pages, or in the log. Postgres has a vacuum of its own.
CREATE TABLE reachout_outbox_vacuum (owed INTEGER PRIMARY KEY);

CREATE TABLE reachout_outbox_budgets (
    key TEXT PRIMARY KEY,
    requests INTEGER NOT NULL,
    per_ms INTEGER NOT NULL,
    -- What others use of it, by the vendor's last word.
    others INTEGER NOT NULL DEFAULT 0,
    others_until INTEGER NOT NULL DEFAULT 0,
    paused_until INTEGER NOT NULL DEFAULT 0,
    spaced_until INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE reachout_outbox_slots (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL,
    holder TEXT NOT NULL,
    in_use INTEGER NOT NULL,
    free_at INTEGER NOT NULL
);
CREATE INDEX reachout_outbox_slots_of ON reachout_outbox_slots (key, free_at);
