-- +goose Up

-- two_factor: the second factor of who has one, or is about to.
CREATE TABLE two_factor (
	user_id      INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE, -- whose it is
	secret       TEXT NOT NULL,       -- what the codes are made of (RFC 6238), in base32
	confirmed_at INTEGER,                -- since when it is asked for; NULL: no code was entered yet
	last_step    INTEGER NOT NULL DEFAULT 0 -- the time step of the last code that was used: no code is valid twice
);

-- recovery_codes: each lets its owner in once, without the second factor.
CREATE TABLE recovery_codes (
	user_id   INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE, -- whose it is
	code_hash TEXT NOT NULL, -- SHA-256 of the code, which is kept nowhere
	PRIMARY KEY (user_id, code_hash)
) WITHOUT ROWID;

-- +goose Down
DROP TABLE recovery_codes;
DROP TABLE two_factor;
