-- Why the last sign-in at a provider came to nothing, for who set it up. Names nobody.
ALTER TABLE provider ADD COLUMN trouble TEXT;
ALTER TABLE provider ADD COLUMN trouble_at INTEGER;
