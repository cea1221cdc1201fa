-- What lies under a customer may lie under other roots as well: the columns are called after what they hold. Servers
-- that know the former names only have to be stopped before: they would fail at every request.
ALTER TABLE record RENAME COLUMN customer TO root;
ALTER TABLE history RENAME COLUMN customer TO root;
ALTER TABLE scope_channel RENAME COLUMN customer TO root;
ALTER TABLE scope_event RENAME COLUMN customer TO root;

ALTER INDEX record_by_customer RENAME TO record_by_root;
ALTER INDEX scope_channel_by_customer RENAME TO scope_channel_by_root;
