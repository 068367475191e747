-- Evidence: four steps seen at work: checks of the code (lint, static analysis or tests), security tests, protected
-- publication (signed tag of the period, signing, SBOM or provenance) and a way to report flaws. Automation counts
-- when its failure is not ignored. A described process that has passed the review date it states itself fails.
-- Blind spots: training, requirements and design, which leave few traces; steps taken outside the repository. With
-- fewer than four nothing is known.
WITH hard AS (
  SELECT DISTINCT s.role FROM ci_steps s JOIN ci_files f ON f.path = s.path
  WHERE f.system <> 'script' AND s.allow_failure = 0
), seen(code, security, publication, response) AS (
  SELECT EXISTS (SELECT 1 FROM hard WHERE role IN ('lint', 'sast', 'test')),
         EXISTS (SELECT 1 FROM hard WHERE role IN ('sast', 'sca', 'secret_scan', 'fuzz', 'dast', 'container_scan')),
         EXISTS (SELECT 1 FROM hard WHERE role IN ('sign', 'sbom', 'provenance'))
           OR EXISTS (SELECT 1 FROM tags
                      WHERE version IS NOT NULL AND signature IS NOT NULL AND at BETWEEN :since AND :now),
         EXISTS (SELECT 1 FROM topics t JOIN documents d ON d.path = t.path
                 WHERE d.kind = 'security_policy' AND d.placeholder = 0
                   AND t.topic IN ('vulnerability_report_contact', 'vulnerability_handling'))
           OR EXISTS (SELECT 1 FROM documents WHERE kind = 'security_txt' AND placeholder = 0 AND expires_at > :now)
), process AS (
  SELECT d.path, t.line, d.expires_at, coalesce(d.expires_at <= :now, 0) AS stale
  FROM topics t JOIN documents d ON d.path = t.path
  WHERE t.topic = 'ssdlc' AND (t.heading = 1 OR d.kind = 'secure_development_guideline') AND d.placeholder = 0
    AND d.kind NOT IN ('changelog', 'license', 'code_of_conduct', 'issue_template')
  ORDER BY stale, d.expires_at DESC NULLS FIRST, d.path LIMIT 1
)
SELECT a.subject,
       CASE WHEN p.stale = 1 THEN 0 WHEN s.code AND s.security AND s.publication AND s.response THEN 1 END AS ok,
       NULL AS at, CASE WHEN p.stale = 0 THEN p.expires_at END AS due, p.path AS path, p.line AS line,
       s.code + s.security + s.publication + s.response AS steps
FROM asked a CROSS JOIN seen s LEFT JOIN process p ON 1
WHERE a.type = 'repo'
