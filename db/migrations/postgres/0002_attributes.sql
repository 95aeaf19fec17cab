-- +goose Up

-- attributes: what the columns of profiles hold beside user_id. A migration that changes these columns changes this table too.
CREATE TABLE attributes (
	name        TEXT COLLATE "C" PRIMARY KEY,            -- the column's name
	kind        TEXT COLLATE "C" NOT NULL,               -- the word in profile.toml
	is_unique   BOOLEAN NOT NULL DEFAULT FALSE, -- no two people have the same value
	is_required BOOLEAN NOT NULL DEFAULT FALSE, -- who had no value has been given the default
	is_searched BOOLEAN NOT NULL DEFAULT FALSE  -- people_search holds the values
);
INSERT INTO attributes (name, kind, is_searched) VALUES ('portfolio_site', 'url', TRUE), ('profile_pic', 'picture', FALSE);

-- +goose Down
DROP TABLE attributes;
