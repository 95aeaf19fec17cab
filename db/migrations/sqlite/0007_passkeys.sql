-- +goose Up

-- passkeys: keys on people's devices that log them in (WebAuthn).
CREATE TABLE passkeys (
	id           INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice
	user_id      INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE, -- whose it is
	handle       BLOB NOT NULL,        -- what the device knows its owner by: the same for all of theirs
	key_id       BLOB NOT NULL UNIQUE, -- the device's name for it
	data         TEXT NOT NULL,        -- JSON: its public key, its counter, and what goes with it
	name         TEXT NOT NULL,        -- as its owner calls it
	created_at   INTEGER NOT NULL,        -- when it was added
	last_used_at INTEGER                  -- NULL: never
);
CREATE INDEX passkeys_user_id ON passkeys (user_id);

-- +goose Down
DROP TABLE passkeys;
