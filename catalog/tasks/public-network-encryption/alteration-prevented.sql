-- Evidence: downloads in build files, containers and automation: over plain HTTP or FTP and not fixed by a digest, or
-- not.
-- Blind spots: what programs themselves send and fetch at run time; addresses put together from parts.
SELECT a.subject, (p.pinned = 1 OR NOT (lower(p.target) LIKE 'http://%' OR lower(p.target) LIKE 'ftp://%')) AS ok,
       NULL AS at, NULL AS due, p.path AS path, p.line AS line, p.target AS target
FROM asked a JOIN pins p ON p.path = a.name
WHERE a.type = 'file' AND p.kind = 'download' AND p.target LIKE '%://%'
