/* Manifests, migrations and container files. */
#include "observe_one.h"

FUZZ_PATHS("package.json", "pyproject.toml", "requirements.txt", "go.mod", "pom.xml", "Cargo.toml", "Dockerfile",
           "compose.yml", "db/migrate/1234_x.rb", "a/migrations/0001_x.py", "alembic/versions/x.py",
           "database/migrations/x.php", "migrations/1_x.sql", "db/changelog/x.xml")
