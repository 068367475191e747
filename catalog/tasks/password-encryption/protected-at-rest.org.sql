-- Evidence: services confirmed in the register that keep passwords: sign-in left to another service, or a slow hash made for
-- passwords (Argon2, scrypt, bcrypt, yescrypt, PBKDF2); fast hashes, reversible encryption and plain text fail.
-- Blind spots: services that nobody registered; whether the code does what the entry says.
WITH stored AS (SELECT i.*, lower(replace(replace(i.password_algorithm, '-', ''), ' ', '')) AS how FROM item_service i WHERE i.phase = 'in_force')
SELECT i.subject AS subject,
       CASE WHEN i.passwords = 'delegated' THEN 1
            WHEN i.how GLOB '*argon2*' OR i.how GLOB '*scrypt*' OR i.how GLOB '*bcrypt*' OR i.how GLOB '*yescrypt*' OR i.how GLOB '*pbkdf2*' THEN 1
            WHEN i.how GLOB '*md5*' OR i.how GLOB '*sha1*' OR i.how GLOB 'sha256' OR i.how GLOB 'sha512' OR i.how GLOB '*plain*' OR i.how GLOB '*base64*' OR i.how IN ('none', 'aes', 'des', '3des') THEN 0 END AS ok,
       i.state_at AS at, NULL AS due, i.via AS via, i.approved AS approved, i.name AS name, i.title AS title, i.password_algorithm AS algorithm
FROM stored i WHERE i.passwords IN ('delegated', 'own')
