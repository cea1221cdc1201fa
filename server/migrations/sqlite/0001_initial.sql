-- Every key begins with the organisation, so that the same shape can be sharded. Ids are 16 bytes; points in time
-- are milliseconds since 1970; `version` is the place in the organisation's order of commits.

CREATE TABLE organisation (
    org      BLOB    NOT NULL PRIMARY KEY,
    name     TEXT    NOT NULL,
    -- Changes when the database is replaced by a backup, so that cursors from later are recognised.
    epoch    TEXT    NOT NULL,
    sequence INTEGER NOT NULL
);

CREATE TABLE account (
    org      BLOB    NOT NULL,
    user     BLOB    NOT NULL,
    login    TEXT    NOT NULL,
    password TEXT    NOT NULL,
    active   INTEGER NOT NULL,
    profile  TEXT    NOT NULL,
    PRIMARY KEY (org, user)
) WITHOUT ROWID;
CREATE UNIQUE INDEX account_by_login ON account (login);

CREATE TABLE session (
    -- SHA-256 of the token in the cookie: a copy of the database opens no session.
    token   BLOB    NOT NULL PRIMARY KEY,
    org     BLOB    NOT NULL,
    user    BLOB    NOT NULL,
    csrf    TEXT    NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE device (
    org        BLOB    NOT NULL,
    device     BLOB    NOT NULL,
    user       BLOB    NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen  INTEGER NOT NULL,
    PRIMARY KEY (org, device)
) WITHOUT ROWID;

CREATE TABLE record (
    org      BLOB    NOT NULL,
    id       BLOB    NOT NULL,
    kind     TEXT    NOT NULL,
    -- The scope: one of the two, or neither (whole organisation).
    customer BLOB,
    user     BLOB,
    version  INTEGER NOT NULL,
    body     TEXT    NOT NULL
);
CREATE UNIQUE INDEX record_by_id ON record (org, id);
CREATE UNIQUE INDEX record_by_version ON record (org, version);
CREATE INDEX record_by_customer ON record (org, customer, version);
CREATE INDEX record_by_kind ON record (org, kind);

CREATE TABLE history (
    org      BLOB    NOT NULL,
    version  INTEGER NOT NULL,
    ordinal  INTEGER NOT NULL,
    record   BLOB    NOT NULL,
    customer BLOB,
    user     BLOB,
    body     TEXT    NOT NULL
);
CREATE UNIQUE INDEX history_by_version ON history (org, version, ordinal);
CREATE INDEX history_by_record ON history (org, record, version);

-- What became of every mutation: the key to resending safely, and the audit of writes.
CREATE TABLE mutation (
    org      BLOB    NOT NULL,
    id       BLOB    NOT NULL,
    author   BLOB    NOT NULL,
    device   BLOB    NOT NULL,
    record   BLOB    NOT NULL,
    written  INTEGER NOT NULL,
    received INTEGER NOT NULL,
    outcome  TEXT    NOT NULL,
    PRIMARY KEY (org, id)
) WITHOUT ROWID;

-- Which channels a customer is seen through, and the same as events in commit order.
CREATE TABLE scope_channel (
    org      BLOB NOT NULL,
    channel  TEXT NOT NULL,
    customer BLOB NOT NULL,
    PRIMARY KEY (org, channel, customer)
) WITHOUT ROWID;
CREATE INDEX scope_channel_by_customer ON scope_channel (org, customer, channel);

CREATE TABLE scope_event (
    org      BLOB    NOT NULL,
    version  INTEGER NOT NULL,
    channel  TEXT    NOT NULL,
    customer BLOB    NOT NULL,
    gained   INTEGER NOT NULL,
    PRIMARY KEY (org, version, channel, customer)
) WITHOUT ROWID;

-- The values an import last read for a row: only a cell that changed since then overwrites anything.
CREATE TABLE imported (
    org    BLOB NOT NULL,
    kind   TEXT NOT NULL,
    code   TEXT NOT NULL,
    record BLOB NOT NULL,
    cells  TEXT NOT NULL,
    PRIMARY KEY (org, kind, code)
) WITHOUT ROWID;

CREATE TABLE audit (
    id      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    org     BLOB,
    at      INTEGER NOT NULL,
    user    BLOB,
    device  BLOB,
    action  TEXT    NOT NULL,
    subject TEXT    NOT NULL
);
CREATE INDEX audit_by_time ON audit (org, at);
