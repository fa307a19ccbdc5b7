PRAGMA page_size = 8192;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE activity (
    arn TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    configuration TEXT NOT NULL,
    created_at INTEGER NOT NULL
  ) WITHOUT ROWID;
INSERT INTO "activity" VALUES('arn:aws:states:us-east-1:123456789012:activity:sort','sort','{"type":"AWS_OWNED_KEY"}',1700000000006);
CREATE TABLE alias (
    machine INTEGER NOT NULL REFERENCES machine (id),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    first_version INTEGER NOT NULL,
    first_weight INTEGER NOT NULL,
    second_version INTEGER,
    second_weight INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (machine, name)
  ) WITHOUT ROWID;
INSERT INTO "alias" VALUES(1,'PROD','for all',2,100,NULL,NULL,1700000000004,1700000000005);
CREATE TABLE arrival (
    bucket TEXT NOT NULL,
    key TEXT NOT NULL,
    identity TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (bucket, key)
  ) WITHOUT ROWID;
INSERT INTO "arrival" VALUES('in','k','identity',1700000000000);
CREATE TABLE event (
    execution INTEGER NOT NULL REFERENCES execution (id),
    number INTEGER NOT NULL,
    data BLOB NOT NULL, payloads BLOB,
    PRIMARY KEY (execution, number)
  ) WITHOUT ROWID;
INSERT INTO "event" VALUES(1,3,X'F504854AD6F400036F6E650374776F03FF0001',NULL);
INSERT INTO "event" VALUES(1,4,X'F54896357A6576656E742034',NULL);
INSERT INTO "event" VALUES(2,3,X'F56385A29BF400036F6E650374776F03FF0001',NULL);
INSERT INTO "event" VALUES(2,4,X'F53BAF1D696576656E742034',X'03');
CREATE TABLE "execution" (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    arn TEXT NOT NULL UNIQUE,
    machine INTEGER NOT NULL REFERENCES machine (id),
    revision INTEGER NOT NULL REFERENCES revision (id),
    name TEXT NOT NULL,
    status INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    stopped_at INTEGER,
    version INTEGER NOT NULL DEFAULT 0,
    alias TEXT NOT NULL DEFAULT '',
    redrive_count INTEGER NOT NULL DEFAULT 0,
    redriven_at INTEGER,
    input_payload INTEGER NOT NULL DEFAULT 0,
    output_payload INTEGER NOT NULL DEFAULT 0,
    sum INTEGER,
    text_sum INTEGER,
    trace_header TEXT NOT NULL,
    redrive_tokens TEXT NOT NULL DEFAULT '',
    error TEXT,
    cause TEXT,
    input TEXT NOT NULL,
    output TEXT
  );
INSERT INTO "execution" VALUES(1,'arn:aws:states:us-east-1:123456789012:execution:pipeline:open',1,1,'open',1,1700000000010,NULL,2,'PROD',0,NULL,0,0,793446261,619710431,'Root=1-67891233-abcdef012345678912345678','',NULL,NULL,'{"id":1}',NULL);
INSERT INTO "execution" VALUES(2,'arn:aws:states:us-east-1:123456789012:execution:pipeline:closed',1,1,'closed',2,1700000000020,1700000000025,0,'',0,NULL,0,3,520679219,2613552009,'Root=1-67891233-abcdef012345678912345678','',NULL,NULL,'{"id":2}',NULL);
CREATE TABLE execution_tally (
    machine INTEGER NOT NULL,
    status INTEGER NOT NULL,
    executions INTEGER NOT NULL,
    PRIMARY KEY (machine, status)
  ) WITHOUT ROWID;
INSERT INTO "execution_tally" VALUES(1,1,1);
INSERT INTO "execution_tally" VALUES(1,2,1);
CREATE TABLE frame (
    execution INTEGER NOT NULL REFERENCES running (execution),
    id INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (execution, id)
  ) WITHOUT ROWID;
INSERT INTO "frame" VALUES(1,0,X'F507E261BC726F6F74');
INSERT INTO "frame" VALUES(1,7,X'F5821E838C6272616E636800736576656E');
CREATE TABLE "item" (
    items TEXT NOT NULL,
    key BLOB NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (items, key)
  ) WITHOUT ROWID;
INSERT INTO "item" VALUES('images',X'53610000','{}');
CREATE TABLE item_change (
    attempt TEXT PRIMARY KEY,
    before TEXT,
    after TEXT
  ) WITHOUT ROWID;
INSERT INTO "item_change" VALUES('1-4',NULL,'{}');
CREATE TABLE item_index (
    items TEXT NOT NULL,
    name TEXT NOT NULL,
    key BLOB NOT NULL,
    item BLOB NOT NULL,
    PRIMARY KEY (items, name, key)
  ) WITHOUT ROWID;
INSERT INTO "item_index" VALUES('images','by',X'5361000053610000',X'53610000');
CREATE TABLE item_receipt (
    token TEXT PRIMARY KEY,
    digest BLOB NOT NULL,
    at INTEGER NOT NULL
  ) WITHOUT ROWID;
INSERT INTO "item_receipt" VALUES('token',X'00FF',1700000000000);
CREATE TABLE item_table (
    items TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    schema TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    dropped INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID;
INSERT INTO "item_table" VALUES('images','images','{"name":"images","key":{"name":"ImageKey","type":""},"indexes":[],"ttl":"","id":"00000000-0000-8000-8000-000000000000","configured":true,"settings":"{}"}',1700000000000,0);
CREATE TABLE item_tally (
    items TEXT PRIMARY KEY,
    count INTEGER NOT NULL,
    bytes INTEGER NOT NULL
  ) WITHOUT ROWID;
INSERT INTO "item_tally" VALUES('images',1,2);
CREATE TABLE machine (
    id INTEGER PRIMARY KEY,
    arn TEXT NOT NULL UNIQUE,
    newest INTEGER NOT NULL,
    deleting INTEGER NOT NULL DEFAULT 0
  , last_version INTEGER NOT NULL DEFAULT 0);
INSERT INTO "machine" VALUES(1,'arn:aws:states:us-east-1:123456789012:stateMachine:pipeline',1,0,2);
CREATE TABLE outbox (
    number INTEGER PRIMARY KEY,
    destination TEXT NOT NULL,
    id TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (destination, id)
  );
INSERT INTO "outbox" VALUES(1,'topic/news/hook','m1',2,1700000000011,1700000000009,X'7B2274657874223A2268656C6C6F227D');
CREATE TABLE outbox_tally (
    messages INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    dropped INTEGER NOT NULL
  );
INSERT INTO "outbox_tally" VALUES(1,16,0);
CREATE TABLE payload (
    id INTEGER PRIMARY KEY,
    execution INTEGER NOT NULL,
    data BLOB NOT NULL
  );
INSERT INTO "payload" VALUES(3,2,X'F52DEFC1FD007B22646F6E65223A747275657D');
CREATE TABLE quarantine (
    execution INTEGER PRIMARY KEY REFERENCES execution (id),
    at INTEGER NOT NULL,
    state TEXT NOT NULL,
    cause TEXT NOT NULL
  );
INSERT INTO "quarantine" VALUES(1,1700000000007,'Resize','its head could not be read');
CREATE TABLE revision (
    id INTEGER PRIMARY KEY,
    machine INTEGER NOT NULL REFERENCES machine (id),
    revision_id TEXT NOT NULL,
    name TEXT NOT NULL,
    type INTEGER NOT NULL,
    role_arn TEXT NOT NULL,
    definition TEXT NOT NULL,
    configuration TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL, sum INTEGER,
    UNIQUE (machine, revision_id)
  );
INSERT INTO "revision" VALUES(1,1,'r1','pipeline',2,'arn:aws:iam::123456789012:role/none','{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}','{"tracingConfiguration":{"enabled":false}}',1700000000001,1700000000002,4004142724);
CREATE TABLE running (
    execution INTEGER PRIMARY KEY REFERENCES execution (id),
    version INTEGER NOT NULL,
    head BLOB NOT NULL
  );
INSERT INTO "running" VALUES(1,2,X'F545D444EA686561642032');
CREATE TABLE tag (
    resource TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (resource, key)
  ) WITHOUT ROWID;
INSERT INTO "tag" VALUES('arn:aws:states:us-east-1:123456789012:stateMachine:pipeline','team','images');
CREATE TABLE unsealed (executions INTEGER NOT NULL, payloads INTEGER NOT NULL, revisions INTEGER NOT NULL);
INSERT INTO "unsealed" VALUES(0,0,0);
CREATE TABLE version (
    machine INTEGER NOT NULL REFERENCES machine (id),
    number INTEGER NOT NULL,
    revision INTEGER NOT NULL UNIQUE REFERENCES revision (id),
    description TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (machine, number)
  ) WITHOUT ROWID;
INSERT INTO "version" VALUES(1,2,1,'the second',1700000000003);
CREATE INDEX machine_deleting ON machine (id) WHERE deleting = 1;
CREATE INDEX outbox_due ON outbox (destination, not_before);
CREATE TRIGGER outbox_put AFTER INSERT ON outbox BEGIN
    UPDATE outbox_tally SET messages = messages + 1, bytes = bytes + length(new.body);
  END;
CREATE TRIGGER outbox_removed AFTER DELETE ON outbox BEGIN
    UPDATE outbox_tally SET messages = messages - 1, bytes = bytes - length(old.body);
  END;
CREATE INDEX execution_machine ON execution (machine, id);
CREATE INDEX execution_unusual ON execution (status, machine, id) WHERE status <> 2;
CREATE INDEX execution_version ON execution (machine, version, id) WHERE version <> 0;
CREATE INDEX execution_alias ON execution (machine, alias, id) WHERE alias <> '';
CREATE TRIGGER execution_changed AFTER UPDATE OF status ON execution WHEN new.status <> old.status BEGIN
    UPDATE execution_tally SET executions = executions - 1 WHERE machine = old.machine AND status = old.status;
    INSERT INTO execution_tally VALUES (new.machine, new.status, 1)
      ON CONFLICT (machine, status) DO UPDATE SET executions = executions + 1;
  END;
CREATE TRIGGER execution_removed AFTER DELETE ON execution BEGIN
    UPDATE execution_tally SET executions = executions - 1 WHERE machine = old.machine AND status = old.status;
  END;
CREATE TRIGGER item_made AFTER INSERT ON item BEGIN
    INSERT INTO item_tally VALUES (new.items, 1, length(CAST(new.data AS BLOB)))
      ON CONFLICT (items) DO UPDATE SET count = count + 1, bytes = bytes + excluded.bytes;
  END;
CREATE TRIGGER item_changed AFTER UPDATE OF data ON item BEGIN
    UPDATE item_tally SET bytes = bytes + length(CAST(new.data AS BLOB)) - length(CAST(old.data AS BLOB))
      WHERE items = new.items;
  END;
CREATE TRIGGER item_removed AFTER DELETE ON item BEGIN
    UPDATE item_tally SET count = count - 1, bytes = bytes - length(CAST(old.data AS BLOB)) WHERE items = old.items;
  END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('execution',2);
COMMIT;
PRAGMA application_id = 1937010788;
PRAGMA user_version = 12;
