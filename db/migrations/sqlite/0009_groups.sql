-- +goose Up

-- groups: what staff may do, for several people at once.
CREATE TABLE groups (
	id       INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice
	name     TEXT    NOT NULL,                  -- as it was typed
	name_key TEXT    NOT NULL UNIQUE,           -- its folded form
	version  INTEGER NOT NULL DEFAULT 1         -- grows with every change of the group
);

-- group_permissions: what a group lets its members do, who are staff.
CREATE TABLE group_permissions (
	group_id   INTEGER NOT NULL REFERENCES groups (id) ON DELETE CASCADE, -- which group
	permission TEXT    NOT NULL,                                          -- users.view and the like
	PRIMARY KEY (group_id, permission)
) WITHOUT ROWID;

-- user_groups: who is in which group.
CREATE TABLE user_groups (
	user_id  INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,  -- who
	group_id INTEGER NOT NULL REFERENCES groups (id) ON DELETE CASCADE, -- in which
	PRIMARY KEY (user_id, group_id)
) WITHOUT ROWID;
CREATE INDEX user_groups_group_id ON user_groups (group_id, user_id);

-- user_permissions: what somebody may do besides what the groups let them.
CREATE TABLE user_permissions (
	user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE, -- who
	permission TEXT    NOT NULL,                                         -- users.view and the like
	PRIMARY KEY (user_id, permission)
) WITHOUT ROWID;

-- Staff could do all of this before there were groups, and go on.
INSERT INTO groups (name, name_key) VALUES ('Staff', 'staff');
INSERT INTO group_permissions (group_id, permission) SELECT id, permission FROM groups CROSS JOIN (
	SELECT 'users.view' AS permission UNION ALL SELECT 'users.add' UNION ALL SELECT 'users.change' UNION ALL SELECT 'users.delete' UNION ALL
	SELECT 'invitations.view' UNION ALL SELECT 'invitations.add' UNION ALL SELECT 'invitations.change' UNION ALL
	SELECT 'mail.view' UNION ALL SELECT 'mail.change' UNION ALL SELECT 'mail.delete'
) p;
INSERT INTO user_groups (user_id, group_id) SELECT u.id, g.id FROM users u CROSS JOIN groups g WHERE u.is_staff = TRUE AND NOT u.is_superuser;

-- +goose Down
DROP TABLE user_permissions;
DROP TABLE user_groups;
DROP TABLE group_permissions;
DROP TABLE groups;
