-- Evidence: a document that says how development or testing resembles production. Container files for production and
-- those for development, testing and automation: a database, cache or queue of the same major version is fine, only
-- other versions of it are not.
-- Blind spots: versions put in from variables; minor versions; services that are no containers; everything else that
-- can differ between environments.
WITH image AS MATERIALIZED (
  SELECT p.path, p.line, p.target, '/' || lower(p.path) || '/' AS place,
         substr(p.t, length(rtrim(p.t, replace(p.t, '/', ''))) + 1) AS name
  FROM (SELECT path, line, target, lower(substr(target, 1, instr(target || '@', '@') - 1)) AS t FROM pins
        WHERE kind = 'image') p
), versioned AS MATERIALIZED (
  SELECT path, line, target, place, substr(name, 1, instr(name, ':') - 1) AS name,
         CAST(substr(name, instr(name, ':') + 1) AS INTEGER) AS major
  FROM image
  WHERE name GLOB '?*:[0-9]*' AND substr(name, 1, instr(name, ':') - 1) IN ('postgres', 'postgresql', 'postgis',
      'timescaledb', 'mysql', 'mariadb', 'percona', 'mongo', 'mongodb', 'redis', 'valkey', 'memcached',
      'elasticsearch', 'opensearch', 'rabbitmq', 'kafka', 'cp-kafka', 'cassandra', 'clickhouse-server', 'couchdb',
      'neo4j', 'solr')
), production AS (
  SELECT * FROM versioned
  WHERE (place GLOB '*[^a-z]prod[^a-z]*' OR place GLOB '*[^a-z]production[^a-z]*' OR place GLOB '*[^a-z]prd[^a-z]*')
    AND NOT place GLOB '*[^a-z]pre[^a-z]*' AND NOT place GLOB '*[^a-z]non[^a-z]*'
), other AS MATERIALIZED (
  SELECT * FROM versioned v
  WHERE (v.path IN (SELECT path FROM ci_files WHERE system <> 'script')
         OR place GLOB '*[^a-z]dev[^a-z]*' OR place GLOB '*[^a-z]development[^a-z]*' OR place GLOB '*[^a-z]local[^a-z]*'
         OR place GLOB '*[^a-z]test[^a-z]*' OR place GLOB '*[^a-z]testing[^a-z]*' OR place GLOB '*[^a-z]ci[^a-z]*'
         OR v.path IN ('docker-compose.yml', 'docker-compose.yaml', 'compose.yml', 'compose.yaml'))
    AND NOT place GLOB '*[^a-z]prod[^a-z]*' AND NOT place GLOB '*[^a-z]production[^a-z]*'
), said AS (
  SELECT d.path, min(t.line) AS line, coalesce(d.reviewed_at, d.changed_at) AS at
  FROM topics t JOIN documents d ON d.path = t.path
  WHERE t.topic = 'parity' AND d.placeholder = 0
    AND d.kind NOT IN ('changelog', 'license', 'code_of_conduct', 'issue_template')
  GROUP BY d.path
)
SELECT a.subject, CASE WHEN s.path IS NOT NULL THEN 1 END AS ok, s.at AS at, NULL AS due, s.path AS path,
       s.line AS line, NULL AS name, NULL AS target, NULL AS other, NULL AS other_target
FROM asked a LEFT JOIN (SELECT path, line, at FROM said ORDER BY path LIMIT 1) s ON 1
WHERE a.type = 'repo'
UNION ALL
SELECT a.subject, EXISTS (SELECT 1 FROM other o WHERE o.name = p.name AND o.major = p.major), NULL, NULL, p.path,
       p.line, p.name, p.target, d.path, d.target
FROM asked a JOIN production p ON p.path = a.name
JOIN other d ON d.name = p.name
  AND (d.path, d.line) = (SELECT o.path, o.line FROM other o WHERE o.name = p.name ORDER BY o.path, o.line LIMIT 1)
WHERE a.type = 'file'
