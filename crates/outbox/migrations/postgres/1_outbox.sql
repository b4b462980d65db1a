CREATE VIEW reachout_outbox_clock AS SELECT CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS BIGINT) AS ms;

CREATE TABLE reachout_outbox_messages (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- SHA-256 of the caller's key; `key` itself goes with the content.
    key_hash BYTEA NOT NULL UNIQUE,
    key TEXT,
    -- SHA-256 of all that was asked for, so that the key cannot be used for anything else.
    fingerprint BYTEA NOT NULL,
    vendor TEXT NOT NULL,
    credential TEXT NOT NULL,
    channel TEXT,
    sender TEXT NOT NULL,
    sequence TEXT,
    -- SHA-256 of it, which is kept when the content is purged: a reply may come later.
    sequence_hash BYTEA,
    -- What the recipient is, and SHA-256 of the canonical form.
    recipient_kind TEXT NOT NULL,
    recipient BYTEA NOT NULL,
    -- JSON; NULL once it was purged.
    content TEXT,
    state TEXT NOT NULL,
    -- How many attempts began, and how many of them before it was last queued by a person.
    attempt BIGINT NOT NULL DEFAULT 0,
    first_attempt BIGINT NOT NULL DEFAULT 0,
    -- How often since then the vendor was asked about the recipient, and what it said was not understood.
    unclear_checks BIGINT NOT NULL DEFAULT 0,
    due_at BIGINT NOT NULL,
    -- 1: a pause of its campaign, its key or its recipient holds it.
    paused BIGINT NOT NULL DEFAULT 0,
    worker TEXT,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
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
    message BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    worker TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    outcome TEXT,
    reason TEXT,
    code TEXT,
    http_status BIGINT,
    request_id TEXT,
    PRIMARY KEY (message, attempt)
);

-- The vendor's ids of a message, which webhooks name it by.
CREATE TABLE reachout_outbox_ids (
    vendor TEXT NOT NULL,
    vendor_id TEXT NOT NULL,
    message BIGINT NOT NULL,
    PRIMARY KEY (vendor, vendor_id, message)
);
CREATE INDEX reachout_outbox_ids_of ON reachout_outbox_ids (message);

CREATE TABLE reachout_outbox_workers (
    id TEXT PRIMARY KEY,
    lease_until BIGINT NOT NULL
);

-- Each vendor and credential that a message was queued for; the one with empty names stands for all of them.
CREATE TABLE reachout_outbox_accounts (
    vendor TEXT NOT NULL,
    credential TEXT NOT NULL,
    paused BIGINT NOT NULL DEFAULT 0,
    reason TEXT,
    rules TEXT,
    PRIMARY KEY (vendor, credential)
);

-- Each address that a message reaches, in its canonical form; purged with the content.
CREATE TABLE reachout_outbox_addresses (
    message BIGINT NOT NULL,
    address TEXT NOT NULL,
    -- 1: the recipient's own; 0: of somebody who gets a copy.
    own BIGINT NOT NULL,
    PRIMARY KEY (message, address)
);
CREATE INDEX reachout_outbox_messages_to ON reachout_outbox_addresses (address);

-- Sequences that a reply, a bounce or an unsubscription ended, by the recipient it is about.
CREATE TABLE reachout_outbox_stops (
    credential TEXT NOT NULL,
    -- As the messages' `sequence_hash`, `recipient_kind` and `recipient`.
    sequence BYTEA NOT NULL,
    vendor TEXT NOT NULL,
    kind TEXT NOT NULL,
    recipient BYTEA NOT NULL,
    reason TEXT NOT NULL,
    stopped_at BIGINT NOT NULL,
    PRIMARY KEY (credential, sequence, vendor, kind, recipient)
);

-- Recipients whom a vendor's check refused, until it permits them.
CREATE TABLE reachout_outbox_refused (
    vendor TEXT NOT NULL,
    credential TEXT NOT NULL,
    -- As the messages' `recipient_kind` and `recipient`.
    kind TEXT NOT NULL,
    recipient BYTEA NOT NULL,
    -- The only channel that is meant; empty for all.
    channel TEXT NOT NULL,
    code TEXT NOT NULL,
    refused_at BIGINT NOT NULL,
    PRIMARY KEY (vendor, credential, kind, recipient, channel)
);

-- Pauses of campaigns, keys and people; what is empty means all.
CREATE TABLE reachout_outbox_pauses (
    vendor TEXT NOT NULL,
    credential TEXT NOT NULL,
    campaign TEXT NOT NULL,
    key_hash BYTEA NOT NULL,
    address TEXT NOT NULL,
    PRIMARY KEY (vendor, credential, campaign, key_hash, address)
);

CREATE TABLE reachout_outbox_suppressed (
    -- In its canonical form.
    address TEXT NOT NULL,
    channel TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (address, channel)
);

CREATE TABLE reachout_outbox_daily (
    vendor TEXT NOT NULL,
    credential TEXT NOT NULL,
    -- SHA-256 of the sender, whom a purge is not to leave here.
    sender BYTEA NOT NULL,
    day TEXT NOT NULL,
    used BIGINT NOT NULL,
    PRIMARY KEY (vendor, credential, sender, day)
);

-- A row while what was purged is still in the file: in free pages, or in the log. Postgres has a vacuum of its own.
CREATE TABLE reachout_outbox_vacuum (owed BIGINT PRIMARY KEY);

CREATE TABLE reachout_outbox_budgets (
    key TEXT PRIMARY KEY,
    requests BIGINT NOT NULL,
    per_ms BIGINT NOT NULL,
    -- What others use of it, by the vendor's last word.
    others BIGINT NOT NULL DEFAULT 0,
    others_until BIGINT NOT NULL DEFAULT 0,
    paused_until BIGINT NOT NULL DEFAULT 0,
    spaced_until BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE reachout_outbox_slots (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key TEXT NOT NULL,
    holder TEXT NOT NULL,
    in_use BIGINT NOT NULL,
    free_at BIGINT NOT NULL
);
CREATE INDEX reachout_outbox_slots_of ON reachout_outbox_slots (key, free_at);
