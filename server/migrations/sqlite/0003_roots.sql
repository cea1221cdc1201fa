-- What lies under a customer may lie under other roots as well: the columns are called after what they hold.
ALTER TABLE record RENAME COLUMN customer TO root;
ALTER TABLE history RENAME COLUMN customer TO root;
ALTER TABLE scope_channel RENAME COLUMN customer TO root;
ALTER TABLE scope_event RENAME COLUMN customer TO root;

DROP INDEX record_by_customer;
CREATE INDEX record_by_root ON record (org, root, version);
DROP INDEX scope_channel_by_customer;
CREATE INDEX scope_channel_by_root ON scope_channel (org, root, channel);
