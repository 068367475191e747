-- Evidence: each final version tag of the period has an entry of the same version, with a date, in a change log of the
-- repository or, as a release in force or a confirmed deployment, in the organization's register. A missing or undated entry fails where the newest
-- ten final releases mostly have one (half or more, and three of them), in the one log or the other.
-- Blind spots: release notes on the host; logs in a form that is not read; releases not tagged; tags of other branches
-- (NULL).
WITH entry(version, path, line, dated) AS MATERIALIZED (
  SELECT version, min(path), min(line), max(at IS NOT NULL) FROM changelog WHERE version IS NOT NULL GROUP BY version
), register(version, oid) AS MATERIALIZED (
  SELECT r.version, r."commit" FROM item_release r JOIN recorded k ON k.subject = r.repository WHERE r.phase = 'in_force' AND r.released IS NOT NULL
  UNION ALL
  SELECT d.version, d."commit" FROM item_deployment d JOIN recorded k ON k.subject = d.repository
  WHERE d.phase = 'in_force' AND d.outcome = 'done' AND d.deployed IS NOT NULL
), logged AS MATERIALIZED (
  SELECT t.name, t.at, t.reachable, coalesce(e.path, s.path) AS path, coalesce(e.line, s.line) AS line,
         coalesce(e.dated, s.dated) AS dated,
         EXISTS (SELECT 1 FROM register r WHERE r.version IN (t.version, t.label) OR length(r.oid) >= 10 AND substr(t.target, 1, length(r.oid)) = lower(r.oid)) AS registered
  FROM tags t LEFT JOIN entry e ON e.version = t.version
  LEFT JOIN entry s ON t.patch = 0 AND s.version = t.major || '.' || t.minor
  WHERE t.version IS NOT NULL AND t.prerelease IS NULL AND t.at <= :now
), practice(present, dated, path, registered) AS (
  SELECT sum(path IS NOT NULL) >= 3 AND 2 * sum(path IS NOT NULL) >= count(*),
         sum(coalesce(dated, 0)) >= 3 AND 2 * sum(coalesce(dated, 0)) >= count(*), min(path),
         sum(registered) >= 3 AND 2 * sum(registered) >= count(*)
  FROM (SELECT path, dated, registered FROM logged WHERE reachable = 1 ORDER BY at DESC, name LIMIT 10)
)
SELECT a.subject,
       CASE WHEN l.dated = 1 OR l.registered THEN 1 WHEN l.reachable IS NOT 1 THEN NULL WHEN l.path IS NULL AND p.present THEN 0
            WHEN l.path IS NOT NULL AND p.dated THEN 0 WHEN p.registered THEN 0 END AS ok,
       t.at AS at, NULL AS due, t.label AS label, coalesce(l.path, p.path) AS path, l.line AS line,
       coalesce('the change log ' || coalesce(l.path, p.path), 'the release log of the register') AS log_en,
       coalesce('muutosloki ' || coalesce(l.path, p.path), 'rekisterin julkaisuloki') AS log_fi,
       t.target AS commit_oid
FROM asked a JOIN tags t ON a.type = 'ref' AND t.name = a.name JOIN logged l ON l.name = t.name CROSS JOIN practice p
WHERE t.at >= :since
