-- +goose Up

-- users.awaits_approval: registered, and not active before an admin says so.
ALTER TABLE users ADD COLUMN awaits_approval BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX users_awaits_approval ON users (id) WHERE awaits_approval;

-- invitations: links with which strangers may register.
CREATE TABLE invitations (
	id         INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice
	token_hash TEXT UNIQUE,              -- SHA-256 of the link's token, which is kept nowhere; NULL: its mail is still to be sent
	email      TEXT NOT NULL DEFAULT '', -- the only address that it is for; empty: any
	mailed     BOOLEAN NOT NULL DEFAULT FALSE, -- the link was shown to nobody but the owner of that address
	max_uses   INTEGER NOT NULL,            -- how many may register with it
	uses       INTEGER NOT NULL DEFAULT 0,  -- how many have
	expires_at INTEGER NOT NULL,            -- when it ends by itself
	created_at INTEGER NOT NULL,            -- when it was made
	by_id      INTEGER REFERENCES users (id) ON DELETE SET NULL -- who made it; NULL: somebody who is gone
);

-- invitation_uses: who came by which invitation.
CREATE TABLE invitation_uses (
	user_id       INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE, -- who
	invitation_id INTEGER NOT NULL REFERENCES invitations (id) ON DELETE CASCADE -- by which
);
CREATE INDEX invitation_uses_invitation_id ON invitation_uses (invitation_id);

-- mail.invitation_id: the invitation that a mail holds; NULL: none.
ALTER TABLE mail ADD COLUMN invitation_id INTEGER REFERENCES invitations (id) ON DELETE CASCADE;

-- +goose Down
ALTER TABLE mail DROP COLUMN invitation_id;
DROP TABLE invitation_uses;
DROP TABLE invitations;
DROP INDEX users_awaits_approval;
ALTER TABLE users DROP COLUMN awaits_approval;
