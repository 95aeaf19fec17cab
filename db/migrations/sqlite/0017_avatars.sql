-- +goose Up

-- users.avatar_public: whether other programs may show their picture to whoever knows their address. They alone say so.
ALTER TABLE users ADD COLUMN avatar_public BOOLEAN NOT NULL DEFAULT FALSE;

-- avatar_hashes: what other programs ask for pictures by, of those who have agreed and of nobody else.
CREATE TABLE avatar_hashes (
	hash    TEXT    PRIMARY KEY,                                      -- the MD5 or the SHA-256 of the address, in hexadecimal
	user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE -- whose address it is
) WITHOUT ROWID;
CREATE INDEX avatar_hashes_user_id ON avatar_hashes (user_id);

-- +goose Down
DROP TABLE avatar_hashes;
ALTER TABLE users DROP COLUMN avatar_public;
