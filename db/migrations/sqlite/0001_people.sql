-- Names are in Django's words. Times are whole milliseconds since 1970 UTC. Texts ending in _key are folded (account.Key).

-- +goose Up

-- A migration is applied once, also when two programs migrate at the same moment.
CREATE UNIQUE INDEX goose_db_version_once ON goose_db_version (version_id);

-- users: everybody with an account.
CREATE TABLE users (
	id             INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice
	username       TEXT    NOT NULL,                  -- as its owner spells it
	username_key   TEXT    NOT NULL UNIQUE,           -- its folded form
	email          TEXT    NOT NULL DEFAULT '',       -- empty for who was imported without one
	email_key      TEXT    NOT NULL DEFAULT '',       -- its folded form
	password       TEXT    NOT NULL DEFAULT '',       -- PHC string of an Argon2id hash; empty: nobody can log in
	first_name     TEXT    NOT NULL DEFAULT '',       -- may be empty
	first_name_key TEXT    NOT NULL DEFAULT '',       -- its folded form, for searching
	last_name      TEXT    NOT NULL DEFAULT '',       -- may be empty
	last_name_key  TEXT    NOT NULL DEFAULT '',       -- its folded form, for searching
	is_active      BOOLEAN NOT NULL DEFAULT TRUE,     -- may log in and is seen
	is_staff       BOOLEAN NOT NULL DEFAULT FALSE,    -- may use the admin
	is_superuser   BOOLEAN NOT NULL DEFAULT FALSE,    -- may do everything
	date_joined    INTEGER NOT NULL,                  -- when the account was made
	last_login     INTEGER,                           -- NULL: never
	version        INTEGER NOT NULL DEFAULT 1         -- grows with every change of the person or the profile
);
CREATE UNIQUE INDEX users_email_key ON users (email_key) WHERE email_key <> '';
CREATE INDEX users_email_key_id ON users (email_key, id);
CREATE INDEX users_first_name_key ON users (first_name_key) WHERE first_name_key <> '';
CREATE INDEX users_last_name_key ON users (last_name_key) WHERE last_name_key <> '';
CREATE INDEX users_date_joined ON users (date_joined, id);
-- With the other flags in them, so that a filter is answered by an index alone.
CREATE INDEX users_is_staff ON users (is_staff, id, is_active, is_superuser);
CREATE INDEX users_is_active ON users (is_active, id, is_staff, is_superuser);
CREATE INDEX users_is_superuser ON users (is_superuser, id, is_staff, is_active);

-- profiles: the attributes of profile.toml, one row for each person.
CREATE TABLE profiles (
	user_id        INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE, -- whose it is
	portfolio_site TEXT NOT NULL DEFAULT '',                                    -- an http or https URL; empty: none
	profile_pic    TEXT NOT NULL DEFAULT ''                                     -- the name of a picture; empty: none
);
CREATE INDEX profiles_portfolio_site ON profiles (portfolio_site, user_id);
CREATE INDEX profiles_profile_pic ON profiles (profile_pic) WHERE profile_pic <> '';

-- One-to-one is the database's own rule: everybody has a profile from the first moment to the last.
-- +goose StatementBegin
CREATE TRIGGER users_have_a_profile AFTER INSERT ON users
BEGIN
	INSERT INTO profiles (user_id) VALUES (NEW.id) ON CONFLICT DO NOTHING; -- seed adds it first
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER profiles_stay AFTER DELETE ON profiles WHEN EXISTS (SELECT 1 FROM users WHERE id = OLD.user_id)
BEGIN
	INSERT INTO profiles (user_id) VALUES (OLD.user_id);
END;
-- +goose StatementEnd

-- people_search: what the admin's search looks at, kept by the program together with the person.
CREATE TABLE people_search (
	user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE, -- who is found
	text    TEXT NOT NULL                                                -- folded, one line for each thing
);
-- people_search_fts: its index of all three characters in a row; people_search holds the text itself.
CREATE VIRTUAL TABLE people_search_fts USING fts5(
	text, content = 'people_search', content_rowid = 'user_id', tokenize = 'trigram case_sensitive 1', columnsize = 0
);
-- +goose StatementBegin
CREATE TRIGGER people_search_added AFTER INSERT ON people_search
BEGIN
	INSERT INTO people_search_fts (rowid, text) VALUES (NEW.user_id, NEW.text);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER people_search_changed AFTER UPDATE ON people_search
BEGIN
	INSERT INTO people_search_fts (people_search_fts, rowid, text) VALUES ('delete', OLD.user_id, OLD.text);
	INSERT INTO people_search_fts (rowid, text) VALUES (NEW.user_id, NEW.text);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER people_search_deleted AFTER DELETE ON people_search
BEGIN
	INSERT INTO people_search_fts (people_search_fts, rowid, text) VALUES ('delete', OLD.user_id, OLD.text);
END;
-- +goose StatementEnd

-- sessions: who is logged in, and where.
CREATE TABLE sessions (
	token_hash TEXT    PRIMARY KEY,                              -- of the cookie's value, which is kept nowhere
	user_id    INTEGER REFERENCES users (id) ON DELETE CASCADE, -- NULL: nobody is logged in
	data       BLOB    NOT NULL,                                -- what scs keeps
	expiry     INTEGER NOT NULL,                                -- when it ends by itself
	ip         TEXT    NOT NULL DEFAULT '',                     -- from where it was last seen
	user_agent TEXT    NOT NULL DEFAULT '',                     -- with what it was last seen
	created_at INTEGER NOT NULL,                                -- when it began
	seen_at    INTEGER NOT NULL                                 -- the last request, to the minute
) WITHOUT ROWID;
CREATE INDEX sessions_user_id ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expiry);

-- throttles: wrong guesses by account and by address.
CREATE TABLE throttles (
	key           TEXT    PRIMARY KEY, -- what is guessed at, or from where
	failures      INTEGER NOT NULL,    -- tries without success
	last_at       INTEGER NOT NULL,    -- the last of them; a day later all are forgotten
	blocked_until INTEGER NOT NULL     -- no try before this moment
) WITHOUT ROWID;
CREATE INDEX throttles_last_at ON throttles (last_at);

-- history: who changed what, when. It outlives the people in it, and never holds a password.
CREATE TABLE history (
	id          INTEGER PRIMARY KEY,      -- in the order of the changes
	at          INTEGER NOT NULL,         -- when
	by_id       INTEGER,                  -- who; NULL: the command line, or somebody who registered
	by_username TEXT    NOT NULL,         -- that person's name then; may be empty
	user_id     INTEGER NOT NULL,         -- whom
	username    TEXT    NOT NULL,         -- that person's name then
	action      TEXT    NOT NULL,         -- add, change or delete
	field       TEXT    NOT NULL,         -- what was changed; empty: all of it
	old         TEXT    NOT NULL,         -- the value before, as text
	new         TEXT    NOT NULL,         -- the value since, as text
	ip          TEXT    NOT NULL,         -- from where; may be empty
	version     INTEGER NOT NULL          -- the person's version since
);
CREATE INDEX history_user_id ON history (user_id, version);

-- waiting_pictures: pictures whose files may be there while no profile names them. No file is without a row.
CREATE TABLE waiting_pictures (
	token      TEXT    PRIMARY KEY, -- what the form carries
	name       TEXT    NOT NULL,    -- the picture's
	state      TEXT    NOT NULL,    -- uploading, held (its form was refused) or dropped (a profile named it before)
	created_at INTEGER NOT NULL     -- when
) WITHOUT ROWID;
CREATE INDEX waiting_pictures_name ON waiting_pictures (name);

-- +goose Down
DROP TABLE waiting_pictures;
DROP TABLE history;
DROP TABLE throttles;
DROP TABLE sessions;
DROP TABLE people_search_fts;
DROP TABLE people_search;
DROP TRIGGER profiles_stay;
DROP TABLE profiles;
DROP TABLE users;
DROP INDEX goose_db_version_once;
