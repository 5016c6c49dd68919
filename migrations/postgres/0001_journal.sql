-- What exists. `owners` stands apart: only a take-over updates it, and no key references it.
CREATE TABLE inventories (
    id           uuid   NOT NULL PRIMARY KEY,
    name         text   NOT NULL,
    created_at   bigint NOT NULL, -- milliseconds since 1970, as all times here
    plan_version bigint NOT NULL,
    units        bigint NOT NULL,
    figures      text   NOT NULL  -- JSON: how things stood at record 1
);

CREATE TABLE plans (
    inventory uuid   NOT NULL,
    version   bigint NOT NULL,
    document  bytea  NOT NULL, -- JSON
    PRIMARY KEY (inventory, version)
);

CREATE TABLE owners (
    inventory uuid   NOT NULL PRIMARY KEY,
    epoch     bigint NOT NULL
);

-- The journal: append only, never changed.
CREATE TABLE records (
    inventory uuid   NOT NULL,
    seq       bigint NOT NULL,
    epoch     bigint NOT NULL,
    at        bigint NOT NULL,
    body      bytea  NOT NULL, -- JSON with a version `v`
    PRIMARY KEY (inventory, seq)
);

-- Disposable: a load without them replays from record 1.
CREATE TABLE snapshots (
    inventory uuid   NOT NULL,
    seq       bigint NOT NULL,
    epoch     bigint NOT NULL,
    at        bigint NOT NULL,
    figures   text   NOT NULL,
    body      bytea  NOT NULL,
    PRIMARY KEY (inventory, seq)
);
-- Dense already; compressing one would keep a connection busy for tens of milliseconds.
ALTER TABLE snapshots ALTER COLUMN body SET STORAGE EXTERNAL;

-- Idempotency of calls that no actor serves.
CREATE TABLE creations (
    key         text   NOT NULL PRIMARY KEY,
    fingerprint text   NOT NULL,
    inventory   uuid   NOT NULL,
    at          bigint NOT NULL
);
CREATE INDEX creations_at ON creations (at);

CREATE TABLE secret_keys (
    hash       bytea  NOT NULL PRIMARY KEY, -- SHA-256
    id         text   NOT NULL UNIQUE,
    role       text   NOT NULL,
    name       text   NOT NULL,
    created_at bigint NOT NULL,
    revoked_at bigint
);

CREATE TABLE secrets (
    name  text  NOT NULL PRIMARY KEY,
    value bytea NOT NULL
);
