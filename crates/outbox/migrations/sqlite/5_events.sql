-- The events that vendors' webhooks delivered, each once.
CREATE TABLE reachout_outbox_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    vendor TEXT NOT NULL,
    -- The vendor's name of the event; empty where the body has none.
    name TEXT NOT NULL,
    -- SHA-256 of the delivery's id, and of the message's with what the event says of it; kept when the body is purged.
    delivery BLOB NOT NULL,
    subject BLOB,
    -- As it was signed; NULL once it was purged.
    body BLOB,
    -- What it says of a person, such as `replied`; NULL where nothing follows from it.
    kind TEXT,
    -- Why it, or whom it names, could not be understood.
    problem TEXT,
    messages INTEGER NOT NULL DEFAULT 0,
    stopped INTEGER NOT NULL DEFAULT 0,
    suppressed INTEGER NOT NULL DEFAULT 0,
    received_at INTEGER NOT NULL
);
CREATE INDEX reachout_outbox_events_delivery ON reachout_outbox_events (vendor, delivery);
CREATE INDEX reachout_outbox_events_subject ON reachout_outbox_events (vendor, subject) WHERE subject IS NOT NULL;
CREATE INDEX reachout_outbox_events_purge ON reachout_outbox_events (received_at) WHERE body IS NOT NULL;

-- SHA-256 of the ids of deliveries that an application handles itself, by its `ReplayGuard`.
CREATE TABLE reachout_outbox_deliveries (
    delivery BLOB PRIMARY KEY,
    seen_at INTEGER NOT NULL
) WITHOUT ROWID;

-- How far those are who read events (`forward`) or the feed, and why they do not get further.
CREATE TABLE reachout_outbox_readers (
    name TEXT PRIMARY KEY,
    place INTEGER NOT NULL,
    problem TEXT
) WITHOUT ROWID;

-- What happened, in the order in which it was committed.
CREATE TABLE reachout_outbox_feed (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    vendor TEXT,
    credential TEXT,
    campaign TEXT,
    message INTEGER,
    event INTEGER,
    address TEXT,
    channel TEXT,
    code TEXT,
    reason TEXT
);
CREATE INDEX reachout_outbox_feed_at ON reachout_outbox_feed (at);

CREATE TRIGGER reachout_outbox_feed_message AFTER UPDATE OF state ON reachout_outbox_messages
WHEN OLD.state <> NEW.state AND NEW.state <> 'sending' AND NOT (OLD.state = 'sending' AND NEW.state = 'queued') BEGIN
    INSERT INTO reachout_outbox_feed (at, kind, vendor, credential, campaign, message, code, reason)
    SELECT ms, CASE WHEN OLD.state = 'held' AND NEW.state = 'queued' THEN 'approved' ELSE NEW.state END, NEW.vendor, NEW.credential,
        (SELECT name FROM reachout_outbox_campaigns WHERE id = NEW.campaign), NEW.id, NEW.code, NEW.reason FROM reachout_outbox_clock;
END;
CREATE TRIGGER reachout_outbox_feed_enrolment AFTER UPDATE OF stopped ON reachout_outbox_enrolments
WHEN (OLD.stopped IS NULL) <> (NEW.stopped IS NULL) BEGIN
    INSERT INTO reachout_outbox_feed (at, kind, vendor, credential, campaign, message, reason)
    SELECT ms, CASE WHEN NEW.stopped IS NULL THEN 'resumed' ELSE 'stopped' END, m.vendor, m.credential, c.name, m.id,
        COALESCE(NEW.stopped, OLD.stopped) FROM reachout_outbox_clock JOIN reachout_outbox_campaigns c ON c.id = NEW.campaign
        LEFT JOIN reachout_outbox_messages m ON m.enrolment = NEW.id AND m.step = NEW.step;
END;
-- A sequence that is no campaign's; of a campaign's, the person's row has it.
CREATE TRIGGER reachout_outbox_feed_stop AFTER INSERT ON reachout_outbox_stops
WHEN NOT EXISTS (SELECT 1 FROM reachout_outbox_messages m WHERE m.sequence_hash = NEW.sequence AND m.enrolment IS NOT NULL) BEGIN
    INSERT INTO reachout_outbox_feed (at, kind, vendor, credential, message, reason)
    SELECT ms, 'stopped', NEW.vendor, NEW.credential, (SELECT MAX(id) FROM reachout_outbox_messages m WHERE m.sequence_hash = NEW.sequence
        AND m.credential = NEW.credential AND m.vendor = NEW.vendor AND m.recipient = NEW.recipient), NEW.reason FROM reachout_outbox_clock;
END;
CREATE TRIGGER reachout_outbox_feed_listed AFTER INSERT ON reachout_outbox_suppressed BEGIN
    INSERT INTO reachout_outbox_feed (at, kind, address, channel, reason)
    SELECT ms, 'listed', NEW.address, NULLIF(NEW.channel, ''), NEW.reason FROM reachout_outbox_clock;
END;
CREATE TRIGGER reachout_outbox_feed_unlisted AFTER DELETE ON reachout_outbox_suppressed BEGIN
    INSERT INTO reachout_outbox_feed (at, kind, address, channel, reason)
    SELECT ms, 'unlisted', OLD.address, NULLIF(OLD.channel, ''), OLD.reason FROM reachout_outbox_clock;
END;
CREATE TRIGGER reachout_outbox_feed_account_new AFTER INSERT ON reachout_outbox_accounts WHEN NEW.paused = 1 BEGIN
    INSERT INTO reachout_outbox_feed (at, kind, vendor, credential, reason)
    SELECT ms, 'paused', NULLIF(NEW.vendor, ''), NULLIF(NEW.credential, ''), NEW.reason FROM reachout_outbox_clock;
END;
CREATE TRIGGER reachout_outbox_feed_account AFTER UPDATE OF paused ON reachout_outbox_accounts WHEN OLD.paused <> NEW.paused BEGIN
    INSERT INTO reachout_outbox_feed (at, kind, vendor, credential, reason)
    SELECT ms, CASE NEW.paused WHEN 1 THEN 'paused' ELSE 'resumed' END, NULLIF(NEW.vendor, ''), NULLIF(NEW.credential, ''),
        COALESCE(NEW.reason, OLD.reason) FROM reachout_outbox_clock;
END;
CREATE TRIGGER reachout_outbox_feed_pause AFTER INSERT ON reachout_outbox_pauses BEGIN
    INSERT INTO reachout_outbox_feed (at, kind, vendor, credential, campaign, message, address, reason)
    SELECT ms, 'paused', NULLIF(NEW.vendor, ''), NULLIF(NEW.credential, ''), NULLIF(NEW.campaign, ''),
        (SELECT id FROM reachout_outbox_messages WHERE key_hash = NEW.key_hash), NULLIF(NEW.address, ''),
        (SELECT reason FROM reachout_outbox_campaigns WHERE name = NEW.campaign) FROM reachout_outbox_clock;
END;
CREATE TRIGGER reachout_outbox_feed_resume AFTER DELETE ON reachout_outbox_pauses BEGIN
    INSERT INTO reachout_outbox_feed (at, kind, vendor, credential, campaign, message, address)
    SELECT ms, 'resumed', NULLIF(OLD.vendor, ''), NULLIF(OLD.credential, ''), NULLIF(OLD.campaign, ''),
        (SELECT id FROM reachout_outbox_messages WHERE key_hash = OLD.key_hash), NULLIF(OLD.address, '') FROM reachout_outbox_clock;
END;
