-- Evidence: commits that change code whose path says that it is security-critical, and whether a person other than the
-- author is named as reviewer, applied the commit or merged it. None counts against a commit only where the period
-- shows the practice, as in code-review-rules.
-- Blind spots: what a host or mailing list knows. A change made through a numbered pull or merge request, on the host's
-- own pages, or naming an issue is not judged (NULL), nor one that several people wrote, that was committed a while
-- after it was written, that only moves the version number, or that stands in the history twice. Robots, translation
-- services, merges, first commits and changes to neither code, tests, configuration nor automation are not looked at.
WITH touched AS MATERIALIZED (
  SELECT x.commit_oid AS oid, min(x.path) AS path FROM files f CROSS JOIN changes x ON x.path = f.path
  WHERE f.critical_hint IS NOT NULL AND f.class = 'code' GROUP BY x.commit_oid
)
SELECT c.subject,
       CASE WHEN r.persons > 0 THEN 1 WHEN r.on_host OR r.unclear OR r.moved OR NOT r.own THEN NULL
            WHEN p.shown THEN 0 END AS ok,
       c.at AS at, NULL AS due, c.oid AS commit_oid, substr(c.oid, 1, 10) AS short, c.subject_line AS title,
       t.path AS path,
       CASE f.critical_hint WHEN 'authentication' THEN 'authentication' WHEN 'cryptography' THEN 'cryptography'
         WHEN 'session' THEN 'session handling' WHEN 'access_control' THEN 'access control'
         WHEN 'payment' THEN 'payments' WHEN 'secrets' THEN 'handling of secrets'
         WHEN 'deserialization' THEN 'deserialization' WHEN 'upload' THEN 'file upload'
         WHEN 'command_execution' THEN 'running commands' ELSE f.critical_hint END AS hint_en,
       CASE f.critical_hint WHEN 'authentication' THEN 'tunnistautuminen' WHEN 'cryptography' THEN 'kryptografia'
         WHEN 'session' THEN 'istuntojen hallinta' WHEN 'access_control' THEN 'pääsynhallinta'
         WHEN 'payment' THEN 'maksaminen' WHEN 'secrets' THEN 'salaisuuksien käsittely'
         WHEN 'deserialization' THEN 'datan purku olioiksi' WHEN 'upload' THEN 'tiedostojen vastaanotto'
         WHEN 'command_execution' THEN 'komentojen ajaminen' ELSE f.critical_hint END AS hint_fi
FROM asked a JOIN touched t ON t.oid = a.name JOIN reviews r ON r.commit_oid = t.oid JOIN commits c ON c.oid = t.oid
JOIN files f ON f.path = t.path CROSS JOIN review_practice p
WHERE a.type = 'commit'
