-- 0: nobody has approved it yet; it waits as `held`, also after it was withdrawn and queued again.
ALTER TABLE reachout_outbox_messages ADD COLUMN approved BIGINT NOT NULL DEFAULT 1;

-- The time that the outbox goes by, for tests whose days pass in seconds; no row: the server's. It was `time_ms` at `server_ms`.
CREATE TABLE reachout_outbox_time (id INTEGER PRIMARY KEY CHECK (id = 1), time_ms BIGINT NOT NULL, server_ms BIGINT NOT NULL, speed DOUBLE PRECISION NOT NULL);
-- The server's own clock, which leases and rate limits go by.
CREATE VIEW reachout_outbox_server_clock AS SELECT CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS BIGINT) AS ms;
CREATE OR REPLACE VIEW reachout_outbox_clock AS
    SELECT COALESCE((SELECT time_ms + CAST((s.ms - server_ms) * speed AS BIGINT) FROM reachout_outbox_time), s.ms) AS ms
    FROM reachout_outbox_server_clock s;

CREATE TABLE reachout_outbox_campaigns (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    -- JSON. It never changes.
    sequence TEXT NOT NULL,
    -- The words of what stops it for a person, such as `replied bounced`.
    stop_on TEXT NOT NULL,
    -- Why it is paused, if not by a person.
    reason TEXT,
    created_at BIGINT NOT NULL
);

-- The people of a campaign, each with the step whose message is there.
CREATE TABLE reachout_outbox_enrolments (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign BIGINT NOT NULL,
    -- SHA-256 of the recipient's canonical form.
    recipient BYTEA NOT NULL,
    -- JSON, with what was drawn for them; NULL once it was purged.
    details TEXT,
    -- Counts from 1.
    step BIGINT NOT NULL DEFAULT 1,
    -- Why no step follows.
    stopped TEXT,
    -- When the first step began, and on which day by the campaign's clock.
    begun_at BIGINT,
    begun_on TEXT,
    -- What they wrote before is no reply: a person resumed the sequence then.
    resumed_at BIGINT NOT NULL DEFAULT 0,
    changed_at BIGINT NOT NULL,
    UNIQUE (campaign, recipient)
);
CREATE INDEX reachout_outbox_stopped ON reachout_outbox_enrolments (campaign, stopped) WHERE stopped IS NOT NULL;
CREATE INDEX reachout_outbox_begun ON reachout_outbox_enrolments (campaign, begun_on) WHERE begun_on IS NOT NULL;

ALTER TABLE reachout_outbox_messages ADD COLUMN campaign BIGINT;
ALTER TABLE reachout_outbox_messages ADD COLUMN enrolment BIGINT;
ALTER TABLE reachout_outbox_messages ADD COLUMN step BIGINT;
-- Counts from 1, among the variants of the step.
ALTER TABLE reachout_outbox_messages ADD COLUMN variant BIGINT;
-- 1: the first step of a campaign, which comes after the steps of people who are in the middle of one.
ALTER TABLE reachout_outbox_messages ADD COLUMN begins BIGINT NOT NULL DEFAULT 0;
DROP INDEX reachout_outbox_due;
CREATE INDEX reachout_outbox_due ON reachout_outbox_messages (vendor, credential, begins, due_at, id)
    WHERE state = 'queued' AND worker IS NULL AND paused = 0;
CREATE INDEX reachout_outbox_campaign ON reachout_outbox_messages (campaign, step, state) WHERE campaign IS NOT NULL;
CREATE INDEX reachout_outbox_enrolment ON reachout_outbox_messages (enrolment, step) WHERE enrolment IS NOT NULL;

-- When the account's next message may begin, by its rules.
ALTER TABLE reachout_outbox_accounts ADD COLUMN spaced_until BIGINT NOT NULL DEFAULT 0;
