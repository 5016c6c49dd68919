-- Each record's link to the one before it; null in records of releases that knew none.
ALTER TABLE records ADD COLUMN link BLOB;
-- The newest linked record of each journal: moved by the commit that writes it, so that a journal that was cut shows.
CREATE TABLE heads (
    inventory TEXT    NOT NULL PRIMARY KEY,
    seq       INTEGER NOT NULL,
    link      BLOB    NOT NULL
) STRICT, WITHOUT ROWID;
-- One row: which store this is, and when somebody last tried whether it can be written.
CREATE TABLE store (
    id        TEXT    NOT NULL PRIMARY KEY,
    probed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO store (id, probed_at) VALUES (lower(hex(randomblob(16))), 0);
