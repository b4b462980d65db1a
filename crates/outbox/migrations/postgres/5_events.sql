-- The events that vendors' webhooks delivered, each once.
CREATE TABLE reachout_outbox_events (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    vendor TEXT NOT NULL,
    -- The vendor's name of the event; empty where the body has none.
    name TEXT NOT NULL,
    -- SHA-256 of the delivery's id, and of the message's with what the event says of it; kept when the body is purged.
    delivery BYTEA NOT NULL,
    subject BYTEA,
    -- As it was signed; NULL once it was purged.
    body BYTEA,
    -- What it says of a person, such as `replied`; NULL where nothing follows from it.
    kind TEXT,
    -- Why it, or whom it names, could not be understood.
    problem TEXT,
    messages BIGINT NOT NULL DEFAULT 0,
    stopped BIGINT NOT NULL DEFAULT 0,
    suppressed BIGINT NOT NULL DEFAULT 0,
    received_at BIGINT NOT NULL
);
CREATE INDEX reachout_outbox_events_delivery ON reachout_outbox_events (vendor, delivery);
CREATE INDEX reachout_outbox_events_subject ON reachout_outbox_events (vendor, subject) WHERE subject IS NOT NULL;
CREATE INDEX reachout_outbox_events_purge ON reachout_outbox_events (received_at) WHERE body IS NOT NULL;

-- SHA-256 of the ids of deliveries that an application handles itself, by its `ReplayGuard`.
CREATE TABLE reachout_outbox_deliveries (
    delivery BYTEA PRIMARY KEY,
    seen_at BIGINT NOT NULL
);

-- How far those are who read events (`forward`) or the feed, and why they do not get further.
CREATE TABLE reachout_outbox_readers (
    name TEXT PRIMARY KEY,
    place BIGINT NOT NULL,
    problem TEXT
);

-- What happened, in the order in which it was committed.
CREATE TABLE reachout_outbox_feed (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Given by whoever reads it first: transactions may be committed in another order than that of their ids.
    place BIGINT UNIQUE,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    vendor TEXT,
    credential TEXT,
    campaign TEXT,
    message BIGINT,
    event BIGINT,
    address TEXT,
    channel TEXT,
    code TEXT,
    reason TEXT
);
CREATE INDEX reachout_outbox_feed_new ON reachout_outbox_feed (id) WHERE place IS NULL;
CREATE INDEX reachout_outbox_feed_at ON reachout_outbox_feed (at);
-- The last place that was given.
CREATE TABLE reachout_outbox_feed_place (last BIGINT NOT NULL);
INSERT INTO reachout_outbox_feed_place VALUES (0);

CREATE FUNCTION reachout_outbox_feed_message() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO reachout_outbox_feed (at, kind, vendor, credential, campaign, message, code, reason)
    SELECT ms, CASE WHEN OLD.state = 'held' AND NEW.state = 'queued' THEN 'approved' ELSE NEW.state END, NEW.vendor, NEW.credential,
        (SELECT name FROM reachout_outbox_campaigns WHERE id = NEW.campaign), NEW.id, NEW.code, NEW.reason FROM reachout_outbox_clock;
    RETURN NULL;
END $$;
CREATE TRIGGER reachout_outbox_feed_message AFTER UPDATE OF state ON reachout_outbox_messages FOR EACH ROW
    WHEN (OLD.state <> NEW.state AND NEW.state <> 'sending' AND NOT (OLD.state = 'sending' AND NEW.state = 'queued'))
    EXECUTE FUNCTION reachout_outbox_feed_message();

CREATE FUNCTION reachout_outbox_feed_enrolment() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO reachout_outbox_feed (at, kind, vendor, credential, campaign, message, reason)
    SELECT ms, CASE WHEN NEW.stopped IS NULL THEN 'resumed' ELSE 'stopped' END, m.vendor, m.credential, c.name, m.id,
        COALESCE(NEW.stopped, OLD.stopped) FROM reachout_outbox_clock JOIN reachout_outbox_campaigns c ON c.id = NEW.campaign
        LEFT JOIN reachout_outbox_messages m ON m.enrolment = NEW.id AND m.step = NEW.step;
    RETURN NULL;
END $$;
CREATE TRIGGER reachout_outbox_feed_enrolment AFTER UPDATE OF stopped ON reachout_outbox_enrolments FOR EACH ROW
    WHEN ((OLD.stopped IS NULL) <> (NEW.stopped IS NULL)) EXECUTE FUNCTION reachout_outbox_feed_enrolment();

-- A sequence that is no campaign's; of a campaign's, the person's row has it.
CREATE FUNCTION reachout_outbox_feed_stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO reachout_outbox_feed (at, kind, vendor, credential, message, reason)
    SELECT ms, 'stopped', NEW.vendor, NEW.credential, (SELECT MAX(id) FROM reachout_outbox_messages m WHERE m.sequence_hash = NEW.sequence
        AND m.credential = NEW.credential AND m.vendor = NEW.vendor AND m.recipient = NEW.recipient), NEW.reason FROM reachout_outbox_clock
    WHERE NOT EXISTS (SELECT 1 FROM reachout_outbox_messages m WHERE m.sequence_hash = NEW.sequence AND m.enrolment IS NOT NULL);
    RETURN NULL;
END $$;
CREATE TRIGGER reachout_outbox_feed_stop AFTER INSERT ON reachout_outbox_stops FOR EACH ROW EXECUTE FUNCTION reachout_outbox_feed_stop();

CREATE FUNCTION reachout_outbox_feed_listed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO reachout_outbox_feed (at, kind, address, channel, reason)
    SELECT ms, 'listed', NEW.address, NULLIF(NEW.channel, ''), NEW.reason FROM reachout_outbox_clock;
    RETURN NULL;
END $$;
CREATE TRIGGER reachout_outbox_feed_listed AFTER INSERT ON reachout_outbox_suppressed FOR EACH ROW
    EXECUTE FUNCTION reachout_outbox_feed_listed();

CREATE FUNCTION reachout_outbox_feed_unlisted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO reachout_outbox_feed (at, kind, address, channel, reason)
    SELECT ms, 'unlisted', OLD.address, NULLIF(OLD.channel, ''), OLD.reason FROM reachout_outbox_clock;
    RETURN NULL;
END $$;
CREATE TRIGGER reachout_outbox_feed_unlisted AFTER DELETE ON reachout_outbox_suppressed FOR EACH ROW
    EXECUTE FUNCTION reachout_outbox_feed_unlisted();

CREATE FUNCTION reachout_outbox_feed_account() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO reachout_outbox_feed (at, kind, vendor, credential, reason)
    SELECT ms, CASE NEW.paused WHEN 1 THEN 'paused' ELSE 'resumed' END, NULLIF(NEW.vendor, ''), NULLIF(NEW.credential, ''),
        CASE TG_OP WHEN 'INSERT' THEN NEW.reason ELSE COALESCE(NEW.reason, OLD.reason) END FROM reachout_outbox_clock;
    RETURN NULL;
END $$;
CREATE TRIGGER reachout_outbox_feed_account_new AFTER INSERT ON reachout_outbox_accounts FOR EACH ROW
    WHEN (NEW.paused = 1) EXECUTE FUNCTION reachout_outbox_feed_account();
CREATE TRIGGER reachout_outbox_feed_account AFTER UPDATE OF paused ON reachout_outbox_accounts FOR EACH ROW
    WHEN (OLD.paused <> NEW.paused) EXECUTE FUNCTION reachout_outbox_feed_account();

CREATE FUNCTION reachout_outbox_feed_pause() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO reachout_outbox_feed (at, kind, vendor, credential, campaign, message, address, reason)
    SELECT ms, 'paused', NULLIF(NEW.vendor, ''), NULLIF(NEW.credential, ''), NULLIF(NEW.campaign, ''),
        (SELECT id FROM reachout_outbox_messages WHERE key_hash = NEW.key_hash), NULLIF(NEW.address, ''),
        (SELECT reason FROM reachout_outbox_campaigns WHERE name = NEW.campaign) FROM reachout_outbox_clock;
    RETURN NULL;
END $$;
CREATE TRIGGER reachout_outbox_feed_pause AFTER INSERT ON reachout_outbox_pauses FOR EACH ROW EXECUTE FUNCTION reachout_outbox_feed_pause();

CREATE FUNCTION reachout_outbox_feed_resume() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO reachout_outbox_feed (at, kind, vendor, credential, campaign, message, address)
    SELECT ms, 'resumed', NULLIF(OLD.vendor, ''), NULLIF(OLD.credential, ''), NULLIF(OLD.campaign, ''),
        (SELECT id FROM reachout_outbox_messages WHERE key_hash = OLD.key_hash), NULLIF(OLD.address, '') FROM reachout_outbox_clock;
    RETURN NULL;
END $$;
CREATE TRIGGER reachout_outbox_feed_resume AFTER DELETE ON reachout_outbox_pauses FOR EACH ROW EXECUTE FUNCTION reachout_outbox_feed_resume();
