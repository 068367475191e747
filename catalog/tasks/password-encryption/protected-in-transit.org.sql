-- Evidence: the endpoints of services confirmed in the register that take passwords: protocols that encrypt are fine, those
-- known not to are not.
-- Blind spots: endpoints that nobody registered; whether the endpoint does what the entry says.
WITH ends AS (
  SELECT e.subject, e.address, e.protocol, lower(replace(replace(coalesce(e.protocol, ''), ' ', ''), '.', '')) AS how, lower(coalesce(e.address, '')) AS at
  FROM item_service__endpoints e
)
SELECT i.subject AS subject,
       CASE WHEN e.how IN ('http', 'ftp', 'telnet', 'ldap', 'imap', 'pop3', 'smtp', 'ws', 'sslv2', 'sslv3', 'tls10', 'tls1', 'tls11') OR (e.how = '' AND e.at GLOB 'http://*') THEN 0
            WHEN e.how GLOB '*https*' OR e.how GLOB 'tls*' OR e.how GLOB '*ssh*' OR e.how GLOB 'sftp*' OR e.how GLOB 'ftps*' OR e.how GLOB '*ldaps*' OR e.how GLOB '*ipsec*' OR e.how GLOB 'wss*' OR e.how GLOB 'imaps*'
              OR (e.how = '' AND e.at GLOB 'https://*') THEN 1 END AS ok,
       i.state_at AS at, NULL AS due, i.via AS via, i.approved AS approved, i.name AS name, i.title AS title, e.address AS address,
       coalesce(e.protocol, 'http') AS protocol
FROM item_service i JOIN ends e ON e.subject = i.subject WHERE i.phase = 'in_force' AND i.passwords IN ('own', 'delegated')
