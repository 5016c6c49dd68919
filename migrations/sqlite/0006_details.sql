-- Who may see it, what else the list shows of it as JSON, and the record that this is as of: the row follows the
-- journal. The last two are null where a release before this one made the inventory, until it is told.
ALTER TABLE inventories ADD COLUMN listing TEXT NOT NULL DEFAULT 'public';
ALTER TABLE inventories ADD COLUMN shown TEXT;
ALTER TABLE inventories ADD COLUMN shown_seq INTEGER;
