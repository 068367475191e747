CREATE SCHEMA IF NOT EXISTS sinetti;

CREATE TABLE sinetti.head (one int PRIMARY KEY CHECK (one = 1), format int NOT NULL, origin bytea NOT NULL, size bigint NOT NULL,
  at bigint NOT NULL, frontier bytea NOT NULL, notes bigint NOT NULL) WITH (fillfactor = 20);

CREATE TABLE sinetti.entries (n bigint PRIMARY KEY, leaf bytea NOT NULL);

CREATE TABLE sinetti.bodies (n bigint PRIMARY KEY, salt bytea NOT NULL, body bytea NOT NULL);

CREATE TABLE sinetti.requests (n bigint PRIMARY KEY, id bytea NOT NULL, facts bigint NOT NULL);

CREATE TABLE sinetti.checkpoints (size bigint NOT NULL, handover smallint NOT NULL CHECK (handover IN (0, 1)), note bytea NOT NULL,
  PRIMARY KEY (size, handover));

COMMENT ON SCHEMA sinetti IS 'The log of Sinetti. Nobody but sinetti writes here: any other change is found by `sinetti fsck`.';
