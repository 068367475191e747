/* observe/manifests, migrations, pins (container files) and maintainers. */
#include "rows.h"

static void test_observe_manifests__locks(void **state)
{
    (void)state;
    take("package.json", "{\"private\": true, \"scripts\": {\"start\": \"node .\"}, \"dependencies\": {\"a\": \"1\"}, "
                         "\"devDependencies\": {\"b\": \"1\"}}");
    take("package-lock.json", "{}");
    take("packages/x/package.json",
         "{\"name\": \"x\", \"version\": \"1.0.0\", \"main\": \"x.js\", \"dependencies\": {\"c\": \"1\"}}");
    take("esm/package.json", "{\"type\": \"module\"}");
    take("requirements.txt", "a==1.0\nb==2.0 --hash=sha256:0\n# c\n-r other.txt\n");
    take("dev/requirements-dev.txt", "a>=1\n");
    take("go.mod", "module x\n\nrequire (\n\ta v1\n\tb v2\n)\n");
    take("main.go", "package main\n");
    take("Cargo.toml", "[package]\n[dependencies]\nserde = \"1\"\n[dependencies.x]\nversion = \"1\"\n");
    take("src/main.rs", "");
    take("tests/fixtures/package.json", "{\"version\": \"1\", \"dependencies\": {\"c\": \"1\"}}");
    finish();
    expect("SELECT path, ecosystem, lock, application, dependencies FROM d_manifest",
           "Cargo.toml|cargo|-|1|2 dev/requirements-dev.txt|pypi|-|0|1 go.mod|go|-|1|2 "
           "package.json|npm|package-lock.json|1|2 "
           "packages/x/package.json|npm|package-lock.json|0|1 requirements.txt|pypi|requirements.txt|0|2");
}

static void test_observe_migrations__ways_down(void **state)
{
    (void)state;
    take("db/migrate/20240101000000_a.rb", "class A < ActiveRecord::Migration[7.0]\n  def change\n  end\nend\n");
    take("db/migrate/20240102000000_b.rb", "class B < ActiveRecord::Migration[7.0]\n  def up\n  end\nend\n");
    take("app/migrations/0001_initial.py",
         "class Migration(migrations.Migration):\n    operations = [migrations.RunPython(f, g)]\n");
    take("app/migrations/0002_x.py", "class Migration(migrations.Migration):\n    operations = "
                                     "[migrations.RunPython(f), migrations.RunSQL('a', reverse_sql='b')]\n");
    take("alembic/versions/1_a.py",
         "revision = '1'\ndown_revision = None\ndef upgrade():\n    op.x()\ndef downgrade():\n    pass\n");
    take("alembic/versions/2_b.py", "revision = '2'\ndown_revision = '1'\ndef upgrade():\n    op.x()\ndef "
                                    "downgrade():\n    \"\"\"Doc.\"\"\"\n    op.y()\n");
    take("alembic/versions/3_c.py",
         "revision = '3'\ndown_revision = '2'\ndef upgrade():\n    conn.execute('UPDATE a SET b "
         "= 1 WHERE b > 1')\ndef downgrade():\n    pass\n");
    take("database/migrations/2024_01_02_000000_b.php",
         "<?php use Illuminate\\Database\\Migrations\\Migration;\nfunction up() { DB::table('a')->update(['b' => 1]); "
         "}\nfunction down(): void {}\n");
    take("sql/1_a.up.sql", "CREATE TABLE a;");
    take("sql/1_a.down.sql", "DROP TABLE a;");
    take("sql/2_b.up.sql", "CREATE TABLE b;");
    take("src/main/resources/db/migration/V1__a.sql", "CREATE TABLE a;");
    take("database/migrations/2024_01_01_000000_a.php",
         "<?php use Illuminate\\Database\\Migrations\\Migration;\nfunction up() { x(); }\nfunction down()\n{\n    // "
         "nothing\n}\n");
    take("migrations/1_goose.sql", "-- +goose Up\nCREATE;\n-- +goose Down\nDROP;\n");
    take("test/db/migrate/20240101000000_t.rb", "class T < ActiveRecord::Migration[7.0]\n  def up\n  end\nend\n");
    finish();
    expect(
        "SELECT path, tool, has_down FROM d_migration",
        "alembic/versions/1_a.py|alembic|0 alembic/versions/2_b.py|alembic|1 alembic/versions/3_c.py|alembic|- "
        "app/migrations/0001_initial.py|django|1 app/migrations/0002_x.py|django|0 "
        "database/migrations/2024_01_01_000000_a.php|laravel|0 database/migrations/2024_01_02_000000_b.php|laravel|- "
        "db/migrate/20240101000000_a.rb|rails|1 "
        "db/migrate/20240102000000_b.rb|rails|0 migrations/1_goose.sql|goose|1 "
        "sql/1_a.up.sql|golang-migrate|1 sql/2_b.up.sql|golang-migrate|0 "
        "src/main/resources/db/migration/V1__a.sql|flyway|-");
}

#define DIGEST "@sha256:0123456789012345678901234567890123456789012345678901234567890123"

static void test_observe_pins__container_files(void **state)
{
    (void)state;
    take("Dockerfile",
         "ARG V=3.12\nFROM --platform=linux/amd64 python:${V} AS build\nRUN x \\\n  FROM not:this\nFROM build\nFROM "
         "scratch\nARG X\nFROM $X\nCOPY --from=build a b\nCOPY --from=tool/x:1 a b\nFROM a" DIGEST "\n");
    take("docker-compose.yml", "services:\n  db:\n    image: postgres:16 # comment\n  app:\n    build: .\n    image: "
                               "me/app\n  b:\n    image: own\n    build: x\n");
    expect("SELECT path, line, target, pinned FROM d_pin",
           "Dockerfile|2|python:3.12|0 Dockerfile|10|tool/x:1|0 Dockerfile|11|a" DIGEST
           "|1 docker-compose.yml|3|postgres:16|0");
}

static void test_observe_maintainers__forms(void **state)
{
    (void)state;
    take("MAINTAINERS.md",
         "# Maintainers\n\n| Name | Handle |\n|---|---|\n| Ada Example | [@ada](https://github.com/ada-example) |\n- "
         "Bob Example <bob@example.org>\n\n## Emeritus\n\n- Old Example <old@example.org>\n");
    take("OWNERS", "approvers:\n  - carol\n  - team-leads\nreviewers:\n  - dave\n");
    take("pyproject.toml", "[project]\nmaintainers = [\n  {name = \"Eve Example\", email = \"eve@example.org\"},\n]\n");
    expect("SELECT path, line, role FROM d_publisher",
           "MAINTAINERS.md|5|maintainer MAINTAINERS.md|6|maintainer OWNERS|2|owner pyproject.toml|3|maintainer");
}

/* A linked name joins the handle with whoever commits under that name. */
static void test_observe_maintainers__linked_name(void **state)
{
    (void)state;
    int named = people_mention(people, STR("Ada Example"), STR("ada@example.org"));
    int other = people_mention(people, STR("Bob Example"), STR("bob@example.org"));
    take("MAINTAINERS.md", "* [Ada Example](https://github.com/ada1815)\n* [@bob](https://github.com/bob)\n");
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT line, person = '" STR_FMT "', person = '" STR_FMT "' FROM d_publisher",
             STR_ARG(people_hash(people, named)), STR_ARG(people_hash(people, other)));
    expect(sql, "1|1|0 2|0|0");
}

static void test_observe_people__robots(void **state)
{
    (void)state;
    assert_true(people_is_bot(STR("Example Release Automation"), STR("release@example.org")));
    assert_true(people_is_bot(STR("dependabot[bot]"), STR("")));
    assert_false(people_is_bot(STR("Ann Automation-Smith"), STR("ann@example.org")));
    assert_false(people_is_bot(STR("Max Bot"), STR("max@example.org")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROWS_TEST(test_observe_manifests__locks),         ROWS_TEST(test_observe_migrations__ways_down),
        ROWS_TEST(test_observe_pins__container_files),    ROWS_TEST(test_observe_maintainers__forms),
        ROWS_TEST(test_observe_maintainers__linked_name), ROWS_TEST(test_observe_people__robots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
