-- What fails by the newest assessments, in the order of points. The range over points is what the index serves.
-- Sorts: point, -first_seen
-- Key: _place
SELECT f.id, f.repository, r.name AS repository_name, f.task, f.point, f.subject, f.path, f.line, f.commit_oid AS "commit",
  CASE :lang WHEN 'fi' THEN f.message_fi ELSE f.message_en END AS message, CASE :lang WHEN 'fi' THEN f.fix_fi ELSE f.fix_en END AS fix,
  nullif(f.exception, '') AS exception, f.baseline_until, f.open, f.first_seen, f.assessment,
  f.repository || printf('%09d', f.seq) || f.id AS _place
FROM derived.finding f JOIN derived.repository r ON r.repository = f.repository
WHERE f.point BETWEEN coalesce(:point, :task || '/', '') AND coalesce(:point, :task || '/~', '~')
  AND (:repository IS NULL OR f.repository = :repository)
  AND (:projects IS NULL OR r.project IN (SELECT value FROM json_each(:projects)))
  AND (:path IS NULL OR substr(f.path, 1, length(:path)) = :path)
  AND (:state = 'all' OR f.open = (coalesce(:state, 'open') = 'open'))
  AND (:q IS NULL OR instr(lower(f.path), lower(:q)) OR instr(lower(CASE :lang WHEN 'fi' THEN f.message_fi ELSE f.message_en END), lower(:q)))
