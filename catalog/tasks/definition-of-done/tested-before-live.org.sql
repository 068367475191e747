-- Evidence: releases of the last year in the release log that went to production or customers: an acceptance that somebody
-- else approved, not after the day of the release; linked, or of the same repository and version. And what definitions of done
-- ask of repositories with a gate: tests that passed on the very content that reached a protected branch, and its changed lines run by them.
-- Blind spots: releases that are not in the log; repositories without a gate; how thorough the tests were; changed files that no coverage report has.
WITH acceptances AS MATERIALIZED (
  SELECT a.subject, a.repository, a."release" AS version, a.approved_at FROM item_acceptance a WHERE a.phase = 'in_force' AND a.approved
), by_version AS MATERIALIZED (
  SELECT a.repository, a.version, min(a.approved_at) AS at FROM acceptances a
  WHERE a.repository IS NOT NULL AND a.version IS NOT NULL GROUP BY a.repository, a.version
), accepted AS MATERIALIZED ( -- linked, or of the same repository and version
  SELECT r.subject, min(coalesce(l.approved_at, v.at), coalesce(v.at, l.approved_at)) AS at
  FROM item_release r LEFT JOIN acceptances l ON l.subject = r.acceptance
    LEFT JOIN by_version v ON v.repository = r.repository AND v.version = r.version
  WHERE r.phase = 'in_force' AND coalesce(l.approved_at, v.at) IS NOT NULL
)
SELECT i.subject AS subject, CASE WHEN a.at < i.released + 86400 THEN 1 ELSE 0 END AS ok, i.released AS at, NULL AS due,
       i.via AS via, i.approved AS approved,
       'Version ' || i.version || ' (' || i.name || ') was released' || CASE WHEN a.at IS NULL THEN
         ' without an approved acceptance' ELSE ' before its acceptance was approved' END AS what_en,
       'Versio ' || i.version || ' (' || i.name || ') julkaistiin' || CASE WHEN a.at IS NULL THEN
         ' ilman hyväksyttyä vastaanottoa' ELSE ' ennen vastaanoton hyväksymistä' END AS what_fi,
       'Before a release goes live, register its acceptance with the results of the tests, have it approved, and link it in ' || i.name AS do_en,
       'Kirjaa vastaanotto testituloksineen ennen julkaisua, hyväksytä se ja linkitä se kohteeseen ' || i.name AS do_fi
FROM item_release i LEFT JOIN accepted a ON a.subject = i.subject
WHERE i.phase = 'in_force' AND i.what_for IN ('production', 'customers') AND i.released BETWEEN :since AND :now
UNION ALL
SELECT c.ref, CASE c.what WHEN 'tests' THEN coalesce(c.total >= c.wanted AND c.found = 0, 0)
                          ELSE coalesce(c.total = 0 OR c.found * 100 >= c.wanted * c.total, 0) END, p.at, NULL, p.via, 0,
       CASE WHEN c.found IS NULL THEN CASE c.what WHEN 'tests' THEN 'No evidence shows that tests passed on this content'
                                                  ELSE 'No evidence shows which changed lines tests have run' END
            WHEN c.what = 'coverage' THEN 'Tests run ' || c.found || ' of ' || c.total || ' changed lines; ' || c.wanted || ' % are asked for'
            WHEN c.found > 0 THEN c.found || CASE c.found WHEN 1 THEN ' test has' ELSE ' tests have' END || ' failed on this content'
            ELSE 'The evidence for this content has no test that was run' END,
       CASE WHEN c.found IS NULL THEN CASE c.what WHEN 'tests' THEN 'Mikään näyttö ei osoita, että testit menivät läpi tällä sisällöllä'
                                                  ELSE 'Mikään näyttö ei osoita, mitkä muuttuneet rivit testit ajavat' END
            WHEN c.what = 'coverage' THEN 'Testit ajavat ' || c.found || '/' || c.total || ' muuttunutta riviä, vaatimus on ' || c.wanted || ' %'
            WHEN c.found > 0 THEN c.found || CASE c.found WHEN 1 THEN ' testi' ELSE ' testiä' END || ' epäonnistui tällä sisällöllä'
            ELSE 'Näytössä tästä sisällöstä ei ole yhtään ajettua testiä' END,
       CASE c.what WHEN 'tests' THEN 'Run the tests on this very content and hand in their report: sinetti evidence add REPORT --commit ID'
                   WHEN 'coverage' THEN 'Test the changed lines and hand in the coverage: sinetti evidence add REPORT --commit ID' END,
       CASE c.what WHEN 'tests' THEN 'Aja testit juuri tällä sisällöllä ja toimita raportti: sinetti evidence add RAPORTTI --commit ID'
                   WHEN 'coverage' THEN 'Testaa muuttuneet rivit ja toimita kattavuus: sinetti evidence add RAPORTTI --commit ID' END
FROM fact_push_checks c JOIN fact_push p ON p.n = c.n WHERE c.what IN ('tests', 'coverage') AND p.at >= :since AND p.at <= :now
  AND NOT EXISTS (SELECT 1 FROM push_stayed y WHERE y.push = c.n AND y.ref = c.ref)
