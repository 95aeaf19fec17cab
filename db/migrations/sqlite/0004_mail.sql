-- +goose Up

-- users.email_verified_at: when the address was last proven; NULL: never.
ALTER TABLE users ADD COLUMN email_verified_at INTEGER;
-- users.new_email: the address that is to become email once it is proven; empty: none. Many may wait for one address.
ALTER TABLE users ADD COLUMN new_email TEXT NOT NULL DEFAULT '';
CREATE INDEX users_new_email ON users (date_joined) WHERE new_email <> '';

-- mail: what is still to be sent, and what could not be. It holds no link: the token of one is made as the mail is sent.
CREATE TABLE mail (
	id         INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice: it is in the Message-ID
	kind       TEXT NOT NULL,            -- what it is about
	user_id    INTEGER REFERENCES users (id) ON DELETE CASCADE, -- whom it is about; NULL: nobody yet
	address    TEXT NOT NULL,            -- to whom
	created_at INTEGER NOT NULL,            -- when it was asked for
	next_at    INTEGER,                     -- when it is tried next; NULL: it was given up
	tries      INTEGER NOT NULL DEFAULT 0,  -- how often it was tried
	error      TEXT NOT NULL DEFAULT ''  -- why the last try failed
);
CREATE INDEX mail_next_at ON mail (next_at, id);
CREATE INDEX mail_user_id ON mail (user_id);

-- tokens: the links of mails that were sent.
CREATE TABLE tokens (
	token_hash TEXT PRIMARY KEY, -- SHA-256 of the token, which is kept nowhere
	kind       TEXT NOT NULL,    -- what it lets one do
	user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE, -- whose it is
	email      TEXT NOT NULL,    -- the address that the mail went to
	expires_at INTEGER NOT NULL     -- when it ends by itself
) WITHOUT ROWID;
CREATE INDEX tokens_user_id ON tokens (user_id, kind);
CREATE INDEX tokens_expires_at ON tokens (expires_at);

-- +goose Down
DROP TABLE tokens;
DROP TABLE mail;
DROP INDEX users_new_email;
ALTER TABLE users DROP COLUMN new_email;
ALTER TABLE users DROP COLUMN email_verified_at;
