-- +goose Up

-- SQLite's indexes hold the id of each row: what PostgreSQL is given here, they have.
SELECT 1;

-- +goose Down
SELECT 1;
