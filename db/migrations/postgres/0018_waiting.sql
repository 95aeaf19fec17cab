-- +goose Up

-- waiting_pictures.user_id: whose form it waits for, 0 for a stranger's. It is no reference: the files are removed before the row is.
ALTER TABLE waiting_pictures ADD COLUMN user_id BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE waiting_pictures DROP COLUMN user_id;
