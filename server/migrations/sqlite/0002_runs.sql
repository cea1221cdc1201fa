-- Runs of commits that have ended, and the last commit of each that is in this database. Every process that commits
-- begins a run; so after a backup was brought back, what devices know of the lost part lies beyond the end of its run.
CREATE TABLE former_run (
    org   BLOB    NOT NULL,
    epoch TEXT    NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (org, epoch)
) WITHOUT ROWID;
