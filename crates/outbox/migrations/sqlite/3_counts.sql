-- How many messages are in which state, kept in the transactions that change it.
CREATE TABLE reachout_outbox_counts (
    state TEXT PRIMARY KEY,
    messages INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO reachout_outbox_counts SELECT state, COUNT(*) FROM reachout_outbox_messages GROUP BY state;

CREATE TRIGGER reachout_outbox_count_new AFTER INSERT ON reachout_outbox_messages BEGIN
    INSERT INTO reachout_outbox_counts VALUES (NEW.state, 1) ON CONFLICT (state) DO UPDATE SET messages = messages + 1;
END;
CREATE TRIGGER reachout_outbox_count_change AFTER UPDATE OF state ON reachout_outbox_messages WHEN OLD.state <> NEW.state BEGIN
    UPDATE reachout_outbox_counts SET messages = messages - 1 WHERE state = OLD.state;
    INSERT INTO reachout_outbox_counts VALUES (NEW.state, 1) ON CONFLICT (state) DO UPDATE SET messages = messages + 1;
END;
