-- Evidence: commits that change code whose path says that it is security-critical, or are marked as breaking, and
-- whether they name an issue or came through a numbered change request. One without counts against it where at least 80
-- % of the commits, and ten, have one.
-- Blind spots: what the issue says; requests made on a mailing list or an unnumbered merge; critical code whose path
-- does not show it. What the host, another person or a rebase landed may have lost its number on the way (NULL).
WITH work AS MATERIALIZED (
  SELECT c.oid, c.issue_refs > 0 OR c.change_number IS NOT NULL OR m.change_number IS NOT NULL
      OR EXISTS (SELECT 1 FROM trailers t WHERE t.commit_oid = c.oid
                 AND t.key IN ('change-id', 'reviewed-on', 'pr-url', 'link', 'issue', 'bug')) AS named
  FROM commits c LEFT JOIN commits m ON m.oid = c.landed_by AND m.oid <> c.oid
  WHERE c.parents = 1 AND c.author_bot = 0 AND c.is_revert = 0 AND c.code_paths > 0
), practice AS (
  SELECT count(*) AS commits, coalesce(sum(named), 0) AS named FROM work
), significant AS MATERIALIZED (
  SELECT oid, max(critical) AS critical, min(CASE WHEN critical THEN path END) AS path FROM (
    SELECT x.commit_oid AS oid, x.path, 1 AS critical FROM files f CROSS JOIN changes x ON x.path = f.path
    WHERE f.critical_hint IS NOT NULL AND f.class = 'code'
    UNION ALL
    SELECT oid, NULL, 0 FROM commits WHERE breaking = 1)
  GROUP BY oid
)
SELECT c.subject,
       CASE WHEN w.named THEN 1 WHEN c.committer_host = 1 OR c.rewritten OR c.committer <> c.author THEN NULL
            WHEN p.named >= 10 AND 10 * p.named >= 8 * p.commits THEN 0 END AS ok,
       c.at AS at, NULL AS due, c.oid AS commit_oid, substr(c.oid, 1, 10) AS short, c.subject_line AS title,
           s.path AS path,
       CASE WHEN s.critical THEN 'changes security-critical code (' || s.path || ')'
           ELSE 'is marked as breaking' END AS why_en,
       CASE WHEN s.critical THEN 'muuttaa tietoturvakriittistä koodia (' || s.path || ')'
            ELSE 'on merkitty yhteensopivuuden rikkovaksi,' END AS why_fi,
       100 * p.named / p.commits AS share
FROM asked a JOIN significant s ON s.oid = a.name JOIN work w ON w.oid = s.oid JOIN commits c ON c.oid = s.oid
    CROSS JOIN practice p
WHERE a.type = 'commit'
