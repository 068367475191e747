-- What the queries of catalog/metrics may read besides fact_* (docs/formats/metrics.md). Put before each; what a query does not name costs nothing.
-- :standing is 'now' or a date: derived.db's tables as of that day.
WITH items AS NOT MATERIALIZED ( -- items of registers as they stand; nobody's name
  SELECT r.subject, r.kind, r.number, r.title, r.version, r.digest, r.state, r.phase, r.state_at, r.approved_at, r.review_due, f.content
  FROM records r JOIN fact_record f ON f.subject = r.subject
), standing_tasks AS NOT MATERIALIZED (
  SELECT 'task:' || t.task AS subject, t.task, t.priority, t.status, t.assurance, t.designed, t.operating, t.musts, t.musts_met
  FROM derived.task t
  WHERE t.scope = 'org' AND t.day = (SELECT max(d.day) FROM derived.day d WHERE d.scope = 'org' AND d.day <= :standing)
), standing_points AS NOT MATERIALIZED (
  SELECT 'obligation:' || p.point AS subject, p.point, p.task, p.must, p.verdict, p.assurance, p.in_scope, p.judged, p.failing, p.due
  FROM derived.point p
  WHERE p.scope = 'org' AND p.day = (SELECT max(d.day) FROM derived.day d WHERE d.scope = 'org' AND d.day <= :standing)
), standing_controls AS NOT MATERIALIZED (
  SELECT c.framework, c.control, c.coverage
  FROM derived.control c
  WHERE c.scope = 'org' AND c.day = (SELECT max(d.day) FROM derived.day d WHERE d.scope = 'org' AND d.day <= :standing)
), repositories AS NOT MATERIALIZED ( -- active ones; assessed_at NULL: never
  SELECT r.subject, r.name, r.project, (SELECT max(a.at) FROM fact_assessment a WHERE a.subject = r.subject AND a.via = 'probe') AS assessed_at
  FROM fact_repository r WHERE r.state = 'active'
), repository_points AS NOT MATERIALIZED ( -- points of each active repository by its newest assessment
  SELECT v.subject, p.obligation AS point, p.verdict, p.assurance, p.scope AS in_scope, p.judged, p.failing, v.at
  FROM fact_repository r JOIN fact_verdicts v ON v.subject = r.subject JOIN fact_verdicts_points p ON p.n = v.n
  WHERE r.state = 'active' AND v.n = (SELECT max(w.n) FROM fact_verdicts w WHERE w.subject = r.subject AND w.via = 'probe')
), findings AS NOT MATERIALIZED ( -- of active repositories, also those that are gone; open_at_day: neither gone nor accepted then
  SELECT s.repository AS subject, s.id, s.task, s.point, s.priority, s.first AS first_at, iif(s.gone <= :day, s.gone, NULL) AS gone_at,
    (s.gone IS NULL OR s.gone > :day) AND (s.accepted IS NULL OR s.accepted > :day) AS open_at_day
  FROM derived.seen s JOIN fact_repository r ON r.subject = s.repository AND r.state = 'active'
  WHERE s.first <= :day
), waivers AS NOT MATERIALIZED ( -- in force at :day
  SELECT w.subject, w.about, w.at, w.until FROM fact_waiver w WHERE w.until > :day AND w.withdrawn IS NOT 1
)
