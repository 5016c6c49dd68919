-- What unit and offer numbers stand for, as JSON: of every version of a plan but the first, whose document says it.
ALTER TABLE plans ADD COLUMN numbering bytea;
