-- Claims on several inventories: the one row that decides for all parts.
CREATE TABLE groups (
    id          uuid    NOT NULL PRIMARY KEY,
    key         text    UNIQUE,          -- of the call that asked for it; null once that is forgotten
    fingerprint text    NOT NULL,
    state       text    NOT NULL,
    unfinished  boolean NOT NULL,        -- something is left to be done for it
    created_at  bigint  NOT NULL,
    changed_at  bigint  NOT NULL,
    body        bytea   NOT NULL         -- JSON: its buyer, parts and end
);
CREATE INDEX groups_unfinished ON groups (changed_at) WHERE unfinished;
CREATE INDEX groups_keyed ON groups (created_at) WHERE key IS NOT NULL;
CREATE INDEX groups_aborted ON groups (created_at) WHERE state = 'aborted';
