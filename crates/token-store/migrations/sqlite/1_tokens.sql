CREATE TABLE reachout_tokens (
    account    TEXT NOT NULL PRIMARY KEY,
    -- Which of the caller's keys `sealed` is encrypted with.
    key_id     TEXT NOT NULL,
    -- Nonce, ciphertext and tag.
    sealed     BLOB NOT NULL,
    updated_at INTEGER NOT NULL DEFAULT (unixepoch())
) STRICT;

CREATE INDEX reachout_tokens_key_id ON reachout_tokens (key_id, account);

-- A row is an account whose refresh token somebody is about to spend.
CREATE TABLE reachout_token_leases (
    account  TEXT NOT NULL PRIMARY KEY,
    holder   BLOB NOT NULL,
    -- Milliseconds since 1970, by the clock of this database.
    until_ms INTEGER NOT NULL,
    -- Written and emptied again, to find out whether there is room.
    room     BLOB
) STRICT;
