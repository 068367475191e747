-- Evidence: permissions that GitHub workflows state for their token: write-all fails, anything narrower is fine. A
-- workflow that states none gets what the host's settings give (NULL).
-- Blind spots: people's rights on the host; tokens kept as secrets; other systems' permissions.
SELECT a.subject,
       CASE WHEN p.scope = 'all' AND p.level = 'write' THEN 0 WHEN p.level <> 'unset' THEN 1 END AS ok,
       NULL AS at, NULL AS due, p.path AS path, p.line AS line
FROM asked a JOIN ci_permissions p ON p.path = a.name
WHERE a.type = 'file'
