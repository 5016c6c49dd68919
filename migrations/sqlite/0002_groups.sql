-- Claims on several inventories: the one row that decides for all parts.
CREATE TABLE groups (
    id          TEXT    NOT NULL PRIMARY KEY,
    key         TEXT    UNIQUE,          -- of the call that asked for it; null once that is forgotten
    fingerprint TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    unfinished  INTEGER NOT NULL,        -- something is left to be done for it
    created_at  INTEGER NOT NULL,
    changed_at  INTEGER NOT NULL,
    body        BLOB    NOT NULL         -- JSON: its buyer, parts and end
) STRICT;
CREATE INDEX groups_unfinished ON groups (changed_at) WHERE unfinished;
CREATE INDEX groups_keyed ON groups (created_at) WHERE key IS NOT NULL;
CREATE INDEX groups_aborted ON groups (created_at) WHERE state = 'aborted';
