-- How many messages are in which state, kept in the transactions that change it. Each change is a row, so that transactions do not wait for each
-- other's; the sums count, and workers put them together.
CREATE TABLE reachout_outbox_counts (
    state TEXT NOT NULL,
    messages BIGINT NOT NULL
);
INSERT INTO reachout_outbox_counts SELECT state, COUNT(*) FROM reachout_outbox_messages GROUP BY state;

CREATE FUNCTION reachout_outbox_count_new() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO reachout_outbox_counts SELECT state, COUNT(*) FROM added GROUP BY state;
    RETURN NULL;
END $$;
CREATE TRIGGER reachout_outbox_count_new AFTER INSERT ON reachout_outbox_messages
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION reachout_outbox_count_new();

CREATE FUNCTION reachout_outbox_count_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO reachout_outbox_counts VALUES (OLD.state, -1), (NEW.state, 1);
    RETURN NULL;
END $$;
CREATE TRIGGER reachout_outbox_count_change AFTER UPDATE OF state ON reachout_outbox_messages
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION reachout_outbox_count_change();
