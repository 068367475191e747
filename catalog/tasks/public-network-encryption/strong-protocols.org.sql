-- Evidence: confirmed services that are reached over public networks: one is fine when an approved transport profile in its review cycle covers it and allows
-- no outdated protocol. One that lists a public endpoint, or a profile, with an outdated or open protocol (SSL, TLS 1.0 and 1.1, HTTP, FTP, Telnet …) is not.
-- Blind spots: what the service really accepts; endpoints that nobody listed; a service without a profile says nothing.
WITH old_endpoints AS (
  SELECT e.subject, min(e.protocol || ' (' || e.address || ')') AS what FROM item_service__endpoints e
  WHERE e.public = 1 AND (lower(e.protocol) LIKE 'ssl%' OR lower(e.protocol) LIKE '%tls 1.0%' OR lower(e.protocol) LIKE '%tls 1.1%' OR lower(e.protocol) LIKE '%tlsv1.0%' OR lower(e.protocol) LIKE '%tlsv1.1%' OR lower(trim(e.protocol)) IN ('http', 'ftp', 'telnet', 'tls 1', 'tlsv1', 'smtp', 'ldap', 'pop3', 'imap')) GROUP BY e.subject
), profiles AS (
  SELECT v.value AS service, p.subject, p.name, p.review_due, p.approved_at, p.via,
         (SELECT min(x.value) FROM item_transport_profile__protocols x WHERE x.subject = p.subject AND (lower(x.value) LIKE 'ssl%' OR lower(x.value) LIKE '%tls 1.0%' OR lower(x.value) LIKE '%tls 1.1%' OR lower(x.value) LIKE '%tlsv1.0%' OR lower(x.value) LIKE '%tlsv1.1%' OR lower(trim(x.value)) IN ('http', 'ftp', 'telnet', 'tls 1', 'tlsv1', 'smtp', 'ldap', 'pop3', 'imap'))) AS old
  FROM item_transport_profile p JOIN item_transport_profile__services v ON v.subject = p.subject WHERE p.phase = 'in_force' AND p.approved = 1
), covers AS (
  SELECT service, max(coalesce(review_due, 253402300800)) AS due, min(approved_at) AS at, min(old || ' (' || name || ')') AS what FROM profiles GROUP BY service
)
SELECT s.subject AS subject, CASE WHEN e.what IS NOT NULL OR c.what IS NOT NULL THEN 0 WHEN c.due > :now THEN 1 END AS ok,
       CASE WHEN e.what IS NOT NULL THEN s.state_at ELSE coalesce(c.at, s.state_at) END AS at,
       CASE WHEN e.what IS NULL AND c.what IS NULL AND c.due > :now AND c.due < 253402300800 THEN c.due END AS due,
       s.via AS via, 1 AS approved, s.name AS name, s.title AS title, coalesce(e.what, c.what) AS what
FROM item_service s LEFT JOIN old_endpoints e ON e.subject = s.subject LEFT JOIN covers c ON c.service = s.subject
WHERE s.phase = 'in_force' AND s.public = 1
