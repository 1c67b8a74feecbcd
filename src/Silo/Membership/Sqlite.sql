-- Membership in one SQLite file. "== schema" is run as it stands; every "== NAME" after it becomes the row NAME of OrleansQuery,
-- the table from which Orleans takes its statements. Parameters and columns are what Orleans binds and reads by name.
--
-- Every write begins with BEGIN IMMEDIATE: it takes the file's write lock at once, so a writer waits at its first statement (up to
-- Default Timeout) and never fails half way. A statement that throws leaves its transaction open; the connection string turns pooling
-- off, so closing the connection rolls it back.

== schema
CREATE TABLE IF NOT EXISTS OrleansQuery
(
    QueryKey  TEXT NOT NULL PRIMARY KEY,
    QueryText TEXT NOT NULL
);

-- One row a cluster. Version grows by one with every change of a silo's row and is what two writers compete for.
CREATE TABLE IF NOT EXISTS EvergrainCluster
(
    DeploymentId TEXT    NOT NULL PRIMARY KEY,
    Version      INTEGER NOT NULL
);

-- One row a start of a silo. Instants are text in ISO order, so that they compare as instants.
CREATE TABLE IF NOT EXISTS EvergrainSilo
(
    DeploymentId TEXT    NOT NULL,
    Address      TEXT    NOT NULL,
    Port         INTEGER NOT NULL,
    Generation   INTEGER NOT NULL,
    SiloName     TEXT    NOT NULL,
    HostName     TEXT    NOT NULL,
    Status       INTEGER NOT NULL,
    ProxyPort    INTEGER NOT NULL,
    SuspectTimes TEXT    NULL,
    StartTime    TEXT    NOT NULL,
    IAmAliveTime TEXT    NOT NULL,
    PRIMARY KEY (DeploymentId, Address, Port, Generation)
) WITHOUT ROWID;

== InsertMembershipVersionKey
BEGIN IMMEDIATE;
INSERT INTO EvergrainCluster (DeploymentId, Version) VALUES (@DeploymentId, 0) ON CONFLICT DO NOTHING;
SELECT changes();
COMMIT;

== InsertMembershipKey
-- The version moves first and only where the row can be inserted; the row follows only where the version moved.
BEGIN IMMEDIATE;
UPDATE EvergrainCluster SET Version = Version + 1
WHERE DeploymentId = @DeploymentId AND Version = @Version
  AND NOT EXISTS (SELECT 1 FROM EvergrainSilo AS s
                  WHERE s.DeploymentId = @DeploymentId AND s.Address = @Address AND s.Port = @Port AND s.Generation = @Generation);
INSERT INTO EvergrainSilo (DeploymentId, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, StartTime, IAmAliveTime)
SELECT @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime
WHERE changes() > 0;
SELECT changes();
COMMIT;

== UpdateMembershipKey
BEGIN IMMEDIATE;
UPDATE EvergrainCluster SET Version = Version + 1
WHERE DeploymentId = @DeploymentId AND Version = @Version
  AND EXISTS (SELECT 1 FROM EvergrainSilo AS s
              WHERE s.DeploymentId = @DeploymentId AND s.Address = @Address AND s.Port = @Port AND s.Generation = @Generation);
UPDATE EvergrainSilo SET Status = @Status, SuspectTimes = @SuspectTimes, IAmAliveTime = @IAmAliveTime
WHERE changes() > 0
  AND DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation;
SELECT changes();
COMMIT;

== UpdateIAmAlivetimeKey
-- A heartbeat, not a change of the membership: the version stays.
BEGIN IMMEDIATE;
UPDATE EvergrainSilo SET IAmAliveTime = @IAmAliveTime
WHERE DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation;
COMMIT;

== MembershipReadRowKey
SELECT s.Address, s.Port, s.Generation, s.SiloName, s.HostName, s.Status, s.ProxyPort, s.SuspectTimes, s.StartTime, s.IAmAliveTime,
       c.Version
FROM EvergrainCluster AS c
LEFT JOIN EvergrainSilo AS s
  ON s.DeploymentId = c.DeploymentId AND s.Address = @Address AND s.Port = @Port AND s.Generation = @Generation
WHERE c.DeploymentId = @DeploymentId;

== MembershipReadAllKey
SELECT s.Address, s.Port, s.Generation, s.SiloName, s.HostName, s.Status, s.ProxyPort, s.SuspectTimes, s.StartTime, s.IAmAliveTime,
       c.Version
FROM EvergrainCluster AS c
LEFT JOIN EvergrainSilo AS s ON s.DeploymentId = c.DeploymentId
WHERE c.DeploymentId = @DeploymentId;

== GatewaysQueryKey
SELECT Address, ProxyPort, Generation
FROM EvergrainSilo
WHERE DeploymentId = @DeploymentId AND Status = @Status AND ProxyPort > 0;

== CleanupDefunctSiloEntriesKey
-- 3 is Active: a live silo whose heartbeat is late keeps its row.
BEGIN IMMEDIATE;
DELETE FROM EvergrainSilo WHERE DeploymentId = @DeploymentId AND IAmAliveTime < @IAmAliveTime AND Status <> 3;
COMMIT;

== DeleteMembershipTableEntriesKey
BEGIN IMMEDIATE;
DELETE FROM EvergrainSilo WHERE DeploymentId = @DeploymentId;
DELETE FROM EvergrainCluster WHERE DeploymentId = @DeploymentId;
COMMIT;
