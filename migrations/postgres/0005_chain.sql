-- Each record's link to the one before it; null in records of releases that knew none.
ALTER TABLE records ADD COLUMN link bytea;
-- The newest linked record of each journal: moved by the statement that writes it, so that a journal that was cut shows.
CREATE TABLE heads (
    inventory uuid   NOT NULL PRIMARY KEY,
    seq       bigint NOT NULL,
    link      bytea  NOT NULL
) WITH (fillfactor = 50);
-- One row: which store this is, and when somebody last tried whether it can be written.
CREATE TABLE store (
    id        text   NOT NULL PRIMARY KEY,
    probed_at bigint NOT NULL
) WITH (fillfactor = 50);
INSERT INTO store (id, probed_at) VALUES (replace(gen_random_uuid()::text, '-', ''), 0);
