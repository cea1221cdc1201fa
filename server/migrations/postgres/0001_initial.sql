-- Every key begins with the organisation, so that the same shape can be sharded by it; but for the two directories
-- which are asked before the organisation is known: sign-in names and sessions. Points in time are milliseconds since
-- 1970; `version` is the place in the organisation's order of commits. Bodies are JSON kept as text, byte for byte.
-- Nothing here goes beyond what the distributed relatives of PostgreSQL share.

CREATE TABLE organisation (
    org_id   uuid   NOT NULL PRIMARY KEY,
    -- Which one came first, second …: a server works for the first.
    founded  bigint NOT NULL,
    name     text   NOT NULL,
    -- Changes when the database is replaced by a backup, so that cursors from later are recognised.
    epoch    text   NOT NULL,
    -- The last version given out. A writer locks this row first, so versions are commit order.
    sequence bigint NOT NULL
);

CREATE TABLE account (
    org_id   uuid    NOT NULL,
    user_id  uuid    NOT NULL,
    login    text    NOT NULL,
    password text    NOT NULL,
    active   boolean NOT NULL,
    profile  text    NOT NULL,
    PRIMARY KEY (org_id, user_id)
);

-- Whose sign-in name it is: unique over all organisations, for nobody says where they work when they sign in.
CREATE TABLE sign_in_name (
    login   text NOT NULL PRIMARY KEY,
    org_id  uuid NOT NULL,
    user_id uuid NOT NULL
);
CREATE INDEX sign_in_name_by_user ON sign_in_name (org_id, user_id);

CREATE TABLE session (
    -- SHA-256 of the token in the cookie: a copy of the database opens no session.
    token   bytea  NOT NULL PRIMARY KEY,
    org_id  uuid   NOT NULL,
    user_id uuid   NOT NULL,
    csrf    text   NOT NULL,
    created bigint NOT NULL,
    expires bigint NOT NULL
);

CREATE TABLE device (
    org_id     uuid   NOT NULL,
    device     uuid   NOT NULL,
    user_id    uuid   NOT NULL,
    first_seen bigint NOT NULL,
    last_seen  bigint NOT NULL,
    PRIMARY KEY (org_id, device)
);

CREATE TABLE record (
    org_id   uuid   NOT NULL,
    id       uuid   NOT NULL,
    kind     text   NOT NULL,
    -- The scope: one of the two, or neither (whole organisation).
    customer uuid,
    user_id  uuid,
    version  bigint NOT NULL,
    body     text   NOT NULL,
    PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX record_by_version ON record (org_id, version);
CREATE INDEX record_by_customer ON record (org_id, customer, version);
CREATE INDEX record_by_kind ON record (org_id, kind, version);
CREATE INDEX record_loose ON record (org_id, version) WHERE customer IS NULL;

CREATE TABLE history (
    org_id   uuid   NOT NULL,
    version  bigint NOT NULL,
    ordinal  bigint NOT NULL,
    record   uuid   NOT NULL,
    customer uuid,
    user_id  uuid,
    body     text   NOT NULL,
    PRIMARY KEY (org_id, version, ordinal)
);
CREATE INDEX history_by_record ON history (org_id, record, version);

-- What became of every mutation: the key to resending safely, and the audit of writes.
CREATE TABLE mutation (
    org_id   uuid   NOT NULL,
    id       uuid   NOT NULL,
    author   uuid   NOT NULL,
    device   uuid   NOT NULL,
    record   uuid   NOT NULL,
    written  bigint NOT NULL,
    received bigint NOT NULL,
    outcome  text   NOT NULL,
    PRIMARY KEY (org_id, id)
);

-- Which channels a customer is seen through, and the same as events in commit order.
CREATE TABLE scope_channel (
    org_id   uuid NOT NULL,
    channel  text NOT NULL,
    customer uuid NOT NULL,
    PRIMARY KEY (org_id, channel, customer)
);
CREATE INDEX scope_channel_by_customer ON scope_channel (org_id, customer, channel);

CREATE TABLE scope_event (
    org_id   uuid    NOT NULL,
    version  bigint  NOT NULL,
    channel  text    NOT NULL,
    customer uuid    NOT NULL,
    gained   boolean NOT NULL,
    PRIMARY KEY (org_id, version, channel, customer)
);

-- The values an import last read for a row: only a cell that changed since then overwrites anything.
CREATE TABLE imported (
    org_id uuid NOT NULL,
    kind   text NOT NULL,
    code   text NOT NULL,
    record uuid NOT NULL,
    cells  text NOT NULL,
    PRIMARY KEY (org_id, kind, code)
);

CREATE TABLE audit (
    -- All zeros when the organisation is not known.
    org_id  uuid   NOT NULL,
    -- Ordered by time, and chosen by the writer: writing the same entry again changes nothing.
    id      uuid   NOT NULL,
    at      bigint NOT NULL,
    user_id uuid,
    device  uuid,
    action  text   NOT NULL,
    subject text   NOT NULL,
    PRIMARY KEY (org_id, id)
);
