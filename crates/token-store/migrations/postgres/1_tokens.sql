CREATE TABLE reachout_tokens (
    account    TEXT NOT NULL PRIMARY KEY,
    -- Which of the caller's keys `sealed` is encrypted with.
    key_id     TEXT NOT NULL,
    -- Nonce, ciphertext and tag.
    sealed     BYTEA NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE INDEX reachout_tokens_key_id ON reachout_tokens (key_id, account);

-- A row is an account whose refresh token somebody is about to spend.
CREATE TABLE reachout_token_leases (
    account TEXT NOT NULL PRIMARY KEY,
    holder  BYTEA NOT NULL,
    -- By the clock of this server.
    until   TIMESTAMPTZ NOT NULL,
    -- Written and emptied again, to find out whether there is room.
    room    BYTEA
);
