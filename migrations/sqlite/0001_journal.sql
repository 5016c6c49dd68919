-- What exists. `owners` stands apart: only a take-over updates it, and no key references it.
CREATE TABLE inventories (
    id           TEXT    NOT NULL PRIMARY KEY,
    name         TEXT    NOT NULL,
    created_at   INTEGER NOT NULL, -- milliseconds since 1970, as all times here
    plan_version INTEGER NOT NULL,
    units        INTEGER NOT NULL,
    figures      TEXT    NOT NULL  -- JSON: how things stood at record 1
) STRICT, WITHOUT ROWID;

CREATE TABLE plans (
    inventory TEXT    NOT NULL,
    version   INTEGER NOT NULL,
    document  BLOB    NOT NULL, -- JSON
    PRIMARY KEY (inventory, version)
) STRICT;

CREATE TABLE owners (
    inventory TEXT    NOT NULL PRIMARY KEY,
    epoch     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The journal: append only, never changed.
CREATE TABLE records (
    inventory TEXT    NOT NULL,
    seq       INTEGER NOT NULL,
    epoch     INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    body      BLOB    NOT NULL, -- JSON with a version `v`
    PRIMARY KEY (inventory, seq)
) STRICT;

-- Disposable: a load without them replays from record 1.
CREATE TABLE snapshots (
    inventory TEXT    NOT NULL,
    seq       INTEGER NOT NULL,
    epoch     INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    figures   TEXT    NOT NULL,
    body      BLOB    NOT NULL,
    PRIMARY KEY (inventory, seq)
) STRICT;

-- Idempotency of calls that no actor serves.
CREATE TABLE creations (
    key         TEXT    NOT NULL PRIMARY KEY,
    fingerprint TEXT    NOT NULL,
    inventory   TEXT    NOT NULL,
    at          INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE secret_keys (
    hash       BLOB    NOT NULL PRIMARY KEY, -- SHA-256
    id         TEXT    NOT NULL UNIQUE,
    role       TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE secrets (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
