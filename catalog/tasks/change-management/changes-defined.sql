-- Evidence: share of the period's commits to code (robots, merges and reverts apart) that name an issue or came through
-- a numbered change request. Half or more is fine; less fails only where the practice is known (20 % and ten commits)
-- and changes are seldom landed by somebody's rebase, which drops their number.
-- Blind spots: whether the issue came first and what it says; changes discussed on a mailing list.
WITH work AS (
  SELECT c.at, c.first_parent = 1 AND c.committer_host = 0 AND c.committer <> c.author AS rebased,
    c.issue_refs > 0 OR c.change_number IS NOT NULL OR m.change_number IS NOT NULL
      OR EXISTS (SELECT 1 FROM trailers t WHERE t.commit_oid = c.oid
                 AND t.key IN ('change-id', 'reviewed-on', 'pr-url', 'link', 'issue', 'bug')) AS named
  FROM commits c LEFT JOIN commits m ON m.oid = c.landed_by AND m.oid <> c.oid
  WHERE c.parents = 1 AND c.author_bot = 0 AND c.is_revert = 0 AND c.code_paths > 0
), share AS (
  SELECT count(*) AS commits, coalesce(sum(named), 0) AS named, sum(rebased AND NOT named) AS rebased, max(at) AS at
      FROM work
)
SELECT a.subject,
       CASE WHEN s.named >= 10 AND 2 * s.named >= s.commits THEN 1
            WHEN s.named >= 10 AND 5 * s.named >= s.commits AND 5 * s.rebased <= s.commits - s.named THEN 0 END AS ok,
       s.at AS at, NULL AS due, s.commits AS commits, s.named AS named,
       CASE WHEN s.commits > 0 THEN 100 * s.named / s.commits END AS share
FROM asked a CROSS JOIN share s
WHERE a.type = 'repo'
