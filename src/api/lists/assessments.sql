-- Assessments of one repository.
-- Sorts: -assessment
-- Key: assessment
SELECT a.assessment, a.repository, a.at, a.until, a.head, a.has_report, a.findings, a.new, a.gone
FROM derived.assessment a JOIN derived.repository r ON r.repository = a.repository
WHERE a.repository = 'repo:' || :repository
  AND (:projects IS NULL OR r.project IN (SELECT value FROM json_each(:projects)))
