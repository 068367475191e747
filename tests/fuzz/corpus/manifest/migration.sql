-- +migrate Up
CREATE TABLE a (b INT);
-- +migrate Down
DROP TABLE a;
