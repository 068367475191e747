-- Evidence: automation that runs tests on pushes or changes and fails when they fail; and the share of the period's
-- changes with new code (a feat commit, or a file of 40 lines of code added, not moved, and still there) that changed
-- tests too. Only ignored failures are not enough. A share under half fails where tests do come with new code: ten
-- changes and 20 %. Under 20 % nothing is known.
-- Blind spots: what the tests cover; tests kept elsewhere or inside the code they test (Rust, Zig, D: such changes
-- are left out); manual tests. Commits of one merge, or of one author on one day, are one change.
WITH step AS (
  SELECT s.path, s.line, s.allow_failure, s.role <> 'coverage' AS tests, f.on_push OR f.on_change AS on_change
  FROM ci_steps s JOIN ci_files f ON f.path = s.path
  WHERE f.system <> 'script' AND s.role IN ('test', 'end_to_end', 'coverage') -- coverage may be how the tests are run
), soft AS ( -- the first of tests that can all fail unseen
  SELECT path, line FROM step WHERE tests AND NOT EXISTS (SELECT 1 FROM step WHERE allow_failure = 0)
  ORDER BY path, line LIMIT 1
), hard AS (
  SELECT path, line FROM step WHERE tests AND allow_failure = 0 AND on_change ORDER BY path, line LIMIT 1
), gone(oid, files) AS MATERIALIZED ( -- a file moved is one gone and one added
  SELECT commit_oid, count(*) FROM changes WHERE status = 'D' AND class = 'code' GROUP BY commit_oid
), added(oid, files) AS MATERIALIZED (
  SELECT x.commit_oid, count(*) FROM files f CROSS JOIN changes x ON x.path = f.path
  WHERE x.status = 'A' AND x.class = 'code' AND f.class = 'code' AND coalesce(f.lines, 40) >= 40
    AND f.language NOT IN ('shell', 'powershell', 'batch', 'awk', 'html', 'css', 'template', 'sql', 'protobuf',
                           'graphql', 'build')
    AND f.path NOT LIKE '%example%' AND f.path NOT LIKE '%sample%' AND f.path NOT LIKE '%demo%'
    AND f.path NOT LIKE '%bench%' AND f.path NOT LIKE '%script%' AND f.path NOT LIKE '%tools/%'
    AND f.path NOT LIKE 'doc%' AND f.path NOT LIKE '.%' AND f.path NOT LIKE '%migration%'
  GROUP BY x.commit_oid
), fresh(oid) AS MATERIALIZED (
  SELECT oid FROM commits WHERE conventional = 'feat' AND code_paths > 0
  UNION
  SELECT n.oid FROM added n LEFT JOIN gone g ON g.oid = n.oid WHERE n.files > 2 * coalesce(g.files, 0)
), inside(oid) AS MATERIALIZED ( -- languages whose tests stand in the code's own files
  SELECT DISTINCT x.commit_oid FROM files f CROSS JOIN changes x ON x.path = f.path
  WHERE f.language IN ('rust', 'zig', 'd')
), piece AS MATERIALIZED (
  SELECT c.oid, c.position, c.code_paths, c.test_paths, c.at, f.oid IS NOT NULL AS fresh, i.oid IS NOT NULL AS inside,
         CASE WHEN c.first_parent = 0 AND c.landed_by IS NOT NULL THEN c.landed_by
              WHEN c.change_number IS NOT NULL THEN c.oid ELSE c.author || '/' || (c.at / 86400) END AS change
  FROM commits c LEFT JOIN fresh f ON f.oid = c.oid LEFT JOIN inside i ON i.oid = c.oid
  WHERE c.parents = 1 AND c.author_bot = 0 AND c.is_revert = 0 AND c.in_future = 0
), change AS MATERIALIZED (
  SELECT change, sum(test_paths) > 0 AS tested, max(at) AS at FROM piece
  GROUP BY change HAVING max(fresh) = 1 AND max(inside) = 0
), share AS (
  SELECT count(*) AS n, coalesce(sum(tested), 0) AS tested, max(at) AS at FROM change
), largest AS ( -- the change without tests that brings most
  SELECT p.oid FROM change c JOIN piece p ON p.change = c.change
  WHERE c.tested = 0 AND p.fresh ORDER BY p.code_paths DESC, p.position LIMIT 1
), verdict AS (
  SELECT n, tested, at, tested >= 10 AND 5 * tested >= n AND 2 * tested < n AS few FROM share
)
SELECT a.subject,
       CASE WHEN s.path IS NOT NULL OR v.few THEN 0
            WHEN h.path IS NOT NULL AND (v.n < 10 OR 2 * v.tested >= v.n) THEN 1 END AS ok,
       v.at AS at, NULL AS due, CASE WHEN v.few THEN NULL ELSE coalesce(s.path, h.path) END AS path,
       CASE WHEN v.few THEN NULL ELSE coalesce(s.line, h.line) END AS line,
       CASE WHEN v.few THEN c.oid END AS commit_oid, v.n AS changes, v.tested AS tested,
       CASE WHEN v.few THEN printf('Tests came with %d of the period''s %d changes that add a feature or a file of'
                || ' code; at least half should have them', v.tested, v.n)
            ELSE 'The tests run in automation, but their failure is ignored' END AS lead_en,
       CASE WHEN v.few THEN printf('Ominaisuuden tai kooditiedoston lisäsi %d muutosta, joista %d sisälsi testejä;'
                || ' vähintään puolen pitäisi', v.n, v.tested)
            ELSE 'Automaatio ajaa testit, mutta niiden epäonnistumista ei huomioida' END AS lead_fi,
       CASE WHEN v.few THEN printf('The largest without is commit %s "%s"', substr(c.oid, 1, 10),
                substr(c.subject_line, 1, 70)) ELSE 'No other test can stop new code' END AS rest_en,
       CASE WHEN v.few THEN printf('Suurin testitön on commit %s ”%s”', substr(c.oid, 1, 10),
                substr(c.subject_line, 1, 70)) ELSE 'Mikään muukaan testi ei voi pysäyttää uutta koodia' END AS rest_fi
FROM asked a CROSS JOIN verdict v LEFT JOIN soft s ON 1 LEFT JOIN hard h ON 1
LEFT JOIN largest l ON 1 LEFT JOIN commits c ON c.oid = l.oid
WHERE a.type = 'repo'
