-- When the event begins, and the name in small letters to be searched in. Both are null where a release before
-- this one made the inventory.
ALTER TABLE inventories ADD COLUMN starts_at bigint;
ALTER TABLE inventories ADD COLUMN search text;
