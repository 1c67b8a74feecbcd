-- Membership in PostgreSQL. "== schema" is run as it stands; every "== NAME" after it becomes the row NAME of OrleansQuery, the table
-- from which Orleans takes its statements. Parameters and columns are what Orleans binds and reads by name.
--
-- Every write is one statement, never a transaction of several round trips: a silo that freezes between two of them would hold the lock
-- that the others need to evict it. Of two writers with the same version the second waits for the first's row lock, then sees
-- the new version and changes nothing.

== schema
CREATE TABLE IF NOT EXISTS OrleansQuery
(
    QueryKey  text NOT NULL PRIMARY KEY,
    QueryText text NOT NULL
);

-- One row a cluster. Version grows by one with every change of a silo's row and is what two writers compete for.
CREATE TABLE IF NOT EXISTS EvergrainCluster
(
    DeploymentId text    NOT NULL PRIMARY KEY,
    Version      integer NOT NULL
);

-- One row a start of a silo.
CREATE TABLE IF NOT EXISTS EvergrainSilo
(
    DeploymentId text        NOT NULL,
    Address      text        NOT NULL,
    Port         integer     NOT NULL,
    Generation   integer     NOT NULL,
    SiloName     text        NOT NULL,
    HostName     text        NOT NULL,
    Status       integer     NOT NULL,
    ProxyPort    integer     NOT NULL,
    SuspectTimes text        NULL,
    StartTime    timestamptz NOT NULL,
    IAmAliveTime timestamptz NOT NULL,
    PRIMARY KEY (DeploymentId, Address, Port, Generation)
);

== InsertMembershipVersionKey
WITH inserted AS
(
    INSERT INTO EvergrainCluster (DeploymentId, Version) VALUES (@DeploymentId, 0) ON CONFLICT DO NOTHING RETURNING 1
)
SELECT count(*)::integer FROM inserted;

== InsertMembershipKey
-- The version moves only where the row can be inserted, and the row comes from the version that moved. A row that appeared meanwhile is
-- a unique violation, which takes the version back too.
WITH moved AS
(
    UPDATE EvergrainCluster AS c SET Version = c.Version + 1
    WHERE c.DeploymentId = @DeploymentId AND c.Version = @Version
      AND NOT EXISTS (SELECT 1 FROM EvergrainSilo AS s
                      WHERE s.DeploymentId = @DeploymentId AND s.Address = @Address AND s.Port = @Port AND s.Generation = @Generation)
    RETURNING c.DeploymentId
),
inserted AS
(
    INSERT INTO EvergrainSilo (DeploymentId, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, StartTime, IAmAliveTime)
    SELECT moved.DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime
    FROM moved
    RETURNING 1
)
SELECT count(*)::integer FROM inserted;

== UpdateMembershipKey
WITH moved AS
(
    UPDATE EvergrainCluster AS c SET Version = c.Version + 1
    WHERE c.DeploymentId = @DeploymentId AND c.Version = @Version
      AND EXISTS (SELECT 1 FROM EvergrainSilo AS s
                  WHERE s.DeploymentId = @DeploymentId AND s.Address = @Address AND s.Port = @Port AND s.Generation = @Generation)
    RETURNING c.DeploymentId
),
updated AS
(
    UPDATE EvergrainSilo AS s SET Status = @Status, SuspectTimes = @SuspectTimes, IAmAliveTime = @IAmAliveTime
    FROM moved
    WHERE s.DeploymentId = moved.DeploymentId AND s.Address = @Address AND s.Port = @Port AND s.Generation = @Generation
    RETURNING 1
)
SELECT count(*)::integer FROM updated;

== UpdateIAmAlivetimeKey
-- A heartbeat, not a change of the membership: the version stays.
UPDATE EvergrainSilo SET IAmAliveTime = @IAmAliveTime
WHERE DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation;

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
DELETE FROM EvergrainSilo WHERE DeploymentId = @DeploymentId AND IAmAliveTime < @IAmAliveTime AND Status <> 3;

== DeleteMembershipTableEntriesKey
WITH silos AS (DELETE FROM EvergrainSilo WHERE DeploymentId = @DeploymentId)
DELETE FROM EvergrainCluster WHERE DeploymentId = @DeploymentId;
