/* observe/migrations: which tool a migration is of, and whether it has a way down. */
#include "rows.h"

struct migration {
    const char *path, *text;
    const char *expected; /* "tool 1": has a way down, 0 none, - no such notion; "": no migration */
};

/* Each as the only file. */
static void check(const struct migration *all, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        scoped_buf got;
        sqlite3_stmt *st;
        assert_int_equal(store_exec(&cx, db, "DELETE FROM d_file; DELETE FROM d_migration"), OK);
        take(all[i].path, all[i].text);
        finish();
        buf_init(&got, 0);
        assert_int_equal(store_prepare(&cx, db, STR("SELECT tool, ifnull(has_down, '-') FROM d_migration"), &st), OK);
        while (sqlite3_step(st) == SQLITE_ROW)
            buf_printf(&got, "%s%s %s", got.n ? "; " : "", sqlite3_column_text(st, 0), sqlite3_column_text(st, 1));
        store_finalize(&st);
        if (!str_eq(buf_view(&got), str_from(all[i].expected)))
            fail_msg("%s: \"" STR_FMT "\"\n%s", all[i].path, STR_ARG(buf_view(&got)), all[i].text);
    }
}

#define CHECK(...)                                                                                                     \
    do {                                                                                                               \
        static const struct migration all_[] = {__VA_ARGS__};                                                          \
        check(all_, sizeof all_ / sizeof *all_);                                                                       \
    } while (0)

#define RAILS(body) "class AddName < ActiveRecord::Migration[7.0]\n" body "end\n"
#define RAILS_PATH "db/migrate/20240101000000_add_name.rb"

static void test_observe_migrations__rails(void **state)
{
    (void)state;
    CHECK(
        {RAILS_PATH, RAILS("  def change\n    add_column :users, :name, :string\n  end\n"), "rails 1"},
        {RAILS_PATH, RAILS("  def up\n    drop_table :old\n  end\n"), "rails 0"},
        {RAILS_PATH, RAILS("  def self.up\n    drop_table :old\n  end\n"), "rails 0"},
        {RAILS_PATH, RAILS("  def up\n    x\n  end\n  def down\n    create_table :old\n  end\n"), "rails 1"},
        {RAILS_PATH,
         RAILS(
             "  def up\n    drop_table :x\n  end\n  def down\n    raise ActiveRecord::IrreversibleMigration\n  end\n"),
         "rails 0"},
        /* only rows are corrected: an older release works on with them */
        {RAILS_PATH, RAILS("  def up\n    User.update_all(active: true)\n  end\n"), "rails -"},
        {"db/migrate/seed.rb", RAILS("  def up\n  end\n"), ""}, {"lib/20240101_x.rb", RAILS("  def up\n  end\n"), ""},
        {RAILS_PATH, "class Helper\n  def up\n  end\nend\n", ""});
}

#define DJANGO(operations)                                                                                             \
    "from django.db import migrations, models\n\nclass Migration(migrations.Migration):\n    operations = "            \
    "[\n" operations "    ]\n"
#define DJANGO_PATH "shop/migrations/0002_auto.py"

static void test_observe_migrations__django(void **state)
{
    (void)state;
    CHECK({DJANGO_PATH, DJANGO("        migrations.AddField('a', 'b', models.IntegerField()),\n"), "django 1"},
          {DJANGO_PATH, DJANGO("        migrations.RunPython(forwards),\n"), "django 0"},
          {DJANGO_PATH, DJANGO("        migrations.RunPython(forwards, ),\n"), "django 0"},
          {DJANGO_PATH, DJANGO("        migrations.RunPython(forwards, backwards),\n"), "django 1"},
          {DJANGO_PATH, DJANGO("        migrations.RunPython(code=forwards, reverse_code=backwards),\n"), "django 1"},
          {DJANGO_PATH, DJANGO("        migrations.RunPython(forwards, elidable=True),\n"), "django 0"},
          {DJANGO_PATH,
           DJANGO("        migrations.RunPython(\n            forwards,\n            # later\n            backwards,\n "
                  "       ),\n"),
           "django 1"},
          {DJANGO_PATH, DJANGO("        migrations.RunSQL('CREATE INDEX a ON b (c, d)'),\n"), "django 0"},
          {DJANGO_PATH,
           DJANGO("        migrations.RunSQL(\"\"\"INSERT INTO a\n  VALUES (1, 2)\"\"\", 'DELETE FROM a'),\n"),
           "django 1"},
          {DJANGO_PATH, DJANGO("        migrations.RunSQL('x', reverse_sql='y'),\n        migrations.RunPython(f),\n"),
           "django 0"},
          {"shop/migrations/__init__.py", "", ""}, {"shop/models.py", DJANGO(""), ""});
}

#define ALEMBIC(up, down)                                                                                              \
    "revision = 'b'\ndown_revision = 'a'\n\ndef upgrade():\n" up "\n\ndef downgrade() -> None:\n" down "\n"
#define ALEMBIC_PATH "alembic/versions/1a2b_x.py"

static void test_observe_migrations__alembic(void **state)
{
    (void)state;
    CHECK({ALEMBIC_PATH, ALEMBIC("    op.add_column('a', x)", "    op.drop_column('a', 'x')"), "alembic 1"},
          {ALEMBIC_PATH, ALEMBIC("    op.add_column('a', x)", "    pass"), "alembic 0"},
          {ALEMBIC_PATH,
           ALEMBIC("    op.add_column('a', x)",
                   "    \"\"\"Nothing.\"\"\"\n    # no way\n    raise NotImplementedError()"),
           "alembic 0"},
          {ALEMBIC_PATH,
           ALEMBIC("    op.add_column('a', x)",
                   "    \"\"\"\n    Takes it back.\n    \"\"\"\n    op.drop_column('a', 'x')"),
           "alembic 1"},
          {ALEMBIC_PATH, ALEMBIC("    pass", "    pass"), "alembic 1"}, /* nothing to undo */
          {ALEMBIC_PATH, ALEMBIC("    op.execute(\"UPDATE a SET b = 1\")", "    pass"), "alembic -"},
          {ALEMBIC_PATH, "down_revision = None\n\ndef upgrade():\n    op.create_table('a')\n", "alembic 0"},
          {ALEMBIC_PATH, "def helper():\n    pass\n", ""});
}

static void test_observe_migrations__sql(void **state)
{
    (void)state;
    CHECK(
        {"migrations/001_a.sql", "-- +goose Up\nCREATE TABLE a(x);\n-- +goose Down\nDROP TABLE a;\n", "goose 1"},
        {"migrations/001_a.sql", "-- +goose Up\nCREATE TABLE a(x);\n-- +goose Down\n-- nothing\n", "goose 0"},
        {"migrations/001_a.sql", "-- +goose Up\nCREATE TABLE a(x);\n", "goose 0"},
        {"db/migrations/001.sql", "-- migrate:up\nCREATE TABLE a(x);\n\n-- migrate:down\nDROP TABLE a;\n", "dbmate 1"},
        {"db/migrations/001.sql", "-- migrate:up\nCREATE TABLE a(x);\n\n-- migrate:down\n\n", "dbmate 0"},
        {"liquibase/a.sql",
         "--liquibase formatted sql\n--changeset ann:1\nCREATE TABLE a(x);\n--rollback DROP TABLE a;\n", "liquibase 1"},
        {"liquibase/a.sql", "--liquibase formatted sql\n--changeset ann:1\nCREATE TABLE a(x);\n", "liquibase -"},
        {"db/V1__first.sql", "CREATE TABLE a(x);\n", "flyway -"},
        {"db/V1_2__first.sql", "CREATE TABLE a(x);\n", "flyway -"},
        {"db/V1.2__first.sql", "CREATE TABLE a(x);\n", "flyway -"}, {"db/V1_first.sql", "CREATE TABLE a(x);\n", ""},
        {"db/Views.sql", "CREATE VIEW a;\n", ""},
        {"prisma/migrations/1/migration.sql", "CREATE TABLE a(x);\n", "prisma -"},
        {"a/1_x.up.sql", "CREATE TABLE a(x);\n", "golang-migrate 0"}, {"a/1_x.down.sql", "DROP TABLE a;\n", ""},
        {"migrations/2024_a/up.sql", "CREATE TABLE a(x);\n", "diesel 0"},
        {"docs/migrations/001_a.sql", "-- +goose Up\nCREATE TABLE a(x);\n", ""},
        {"tests/migrations/001_a.sql", "-- +goose Up\nCREATE TABLE a(x);\n", ""});
}

#define LARAVEL(up, down)                                                                                              \
    "<?php\nuse Illuminate\\Database\\Migrations\\Migration;\nreturn new class extends Migration {\n    public "       \
    "function up()"                                                                                                    \
    "\n    {" up "}\n" down "};\n"
#define LARAVEL_PATH "database/migrations/2024_01_01_000000_a.php"
#define LARAVEL_UP "\n        Schema::create('a', function (Blueprint $t) { $t->id(); });\n    "

static void test_observe_migrations__scripts(void **state)
{
    (void)state;
    CHECK(
        {LARAVEL_PATH, LARAVEL(LARAVEL_UP, "    public function down() {\n        Schema::drop('a');\n    }\n"),
         "laravel 1"},
        {LARAVEL_PATH, LARAVEL(LARAVEL_UP, "    public function down()\n    {\n        //\n    }\n"), "laravel 0"},
        {LARAVEL_PATH, LARAVEL(LARAVEL_UP, "    public function down() { /* nothing */ }\n"), "laravel 0"},
        {LARAVEL_PATH,
         LARAVEL(LARAVEL_UP,
                 "    public function down() {\n        // The old table was never used and stays away.\n    }\n"),
         "laravel 1"}, /* a reason */
        {LARAVEL_PATH, LARAVEL(LARAVEL_UP, "    public function down() { throw new Exception('no'); }\n"), "laravel 0"},
        {LARAVEL_PATH, LARAVEL(LARAVEL_UP, ""), "laravel 0"}, {LARAVEL_PATH, LARAVEL("", ""), "laravel 1"},
        {LARAVEL_PATH, LARAVEL("\n        DB::table('a')->update(['x' => 1]);\n    ", ""), "laravel -"},
        {"Data/Migrations/20240101_A.cs",
         "public partial class A : Migration {\n protected override void Up(MigrationBuilder b) { b.DropColumn(); }\n "
         "protected override void Down(MigrationBuilder b) { }\n}\n",
         "efcore 0"},
        {"Data/Migrations/20240101_A.cs",
         "public partial class A : Migration {\n protected override void Up(MigrationBuilder b) { b.DropColumn(); }\n "
         "protected override void Down(MigrationBuilder b) { b.AddColumn(); }\n}\n",
         "efcore 1"},
        {"Data/Migrations/20240101_A.Designer.cs", "partial class A : Migration { void Up(X x) {} }\n", ""},
        {"priv/repo/migrations/20240101_a.exs", "defmodule A do\n  use Ecto.Migration\n  def change do\n  end\nend\n",
         "ecto 1"},
        {"priv/repo/migrations/20240101_a.exs", "defmodule A do\n  use Ecto.Migration\n  def up do\n  end\nend\n",
         "ecto 0"},
        {"src/migrations/1700000000-a.ts",
         "export class A implements MigrationInterface {\n  async up(q) { await q.query('x'); }\n  async down(q) { "
         "await q.query('y'); }\n}\n",
         "typeorm 1"},
        {"src/migrations/1700000000-a.ts",
         "export class A implements MigrationInterface {\n  async up(q) { await q.query('x'); }\n  async down(q) { "
         "}\n}\n",
         "typeorm 0"},
        {"migrations/20240101-a.js",
         "module.exports = {\n  up: async (queryInterface) => { await queryInterface.createTable('a'); },\n  down: "
         "async (queryInterface) => { await queryInterface.dropTable('a'); }\n};\n",
         "sequelize 1"},
        {"migrations/20240101-a.js",
         "module.exports = {\n  up: async (queryInterface) => { await queryInterface.createTable('a'); },\n  down: "
         "async () => { return Promise.resolve(); }\n};\n",
         "sequelize 0"},
        {"migrations/20240101_a.js",
         "exports.up = function (knex) { return knex.schema.dropTable('a'); };\nexports.down = function (knex) { };\n",
         "knex 0"},
        {"migrations/20240101_a.js",
         "exports.up = function (knex) { return knex.schema.dropTable('a'); };\nexports.down = function (knex) { "
         "return knex.schema.createTable('a'); };\n",
         "knex 1"},
        {"migrations/20240101_a.js", "console.log('no migration');\n", ""},
        {"db/changelog/a.xml", "<databaseChangeLog><changeSet id=\"1\"><dropTable/></changeSet></databaseChangeLog>\n",
         "liquibase -"},
        {"db/changelog/a.xml",
         "<databaseChangeLog><changeSet id=\"1\"><sql/><rollback>x</rollback></changeSet></databaseChangeLog>\n",
         "liquibase 1"},
        {"db/changelog/a.yaml", "databaseChangeLog:\n- changeSet:\n    id: 1\n    rollback:\n    - dropTable\n",
         "liquibase 1"},
        {"db/changelog/a.xml", "<other/>\n", ""});
}

/* The way down may be another file. */
static void test_observe_migrations__twins(void **state)
{
    (void)state;
    take("m/1_a.up.sql", "CREATE TABLE a(x);\n");
    take("m/1_a.down.sql", "DROP TABLE a;\n");
    take("m/2_b.up.sql", "CREATE TABLE b(x);\n");
    take("diesel/migrations/1/up.sql", "CREATE TABLE a(x);\n");
    take("diesel/migrations/1/down.sql", "DROP TABLE a;\n");
    take("diesel/migrations/2/up.sql", "CREATE TABLE b(x);\n");
    take("prisma/migrations/1/migration.sql", "CREATE TABLE a(x);\n");
    take("prisma/migrations/1/down.sql", "DROP TABLE a;\n");
    take("prisma/migrations/2/migration.sql", "CREATE TABLE a(x);\n");
    take("fly/V1__a.sql", "CREATE TABLE a(x);\n");
    take("fly/V2__b.sql", "CREATE TABLE b(x);\n");
    take("fly/U2__b.sql", "DROP TABLE b;\n");
    finish();
    expect("SELECT path, has_down FROM d_migration ORDER BY path",
           "diesel/migrations/1/up.sql|1 diesel/migrations/2/up.sql|0 fly/V1__a.sql|0 fly/V2__b.sql|1 m/1_a.up.sql|1 "
           "m/2_b.up.sql|0 prisma/migrations/1/migration.sql|1 prisma/migrations/2/migration.sql|-");
}

static void test_observe_migrations__hostile(void **state)
{
    (void)state;
    CHECK({DJANGO_PATH, DJANGO("        migrations.RunPython(((((((\n"), "django 0"},
          {DJANGO_PATH, DJANGO("        migrations.RunSQL('''never closed\n"), "django 0"},
          {DJANGO_PATH, DJANGO("        migrations.RunSQL('a\\"), "django 0"},
          {ALEMBIC_PATH, "down_revision def upgrade( def downgrade(", "alembic 1"},
          {LARAVEL_PATH, "extends Migration function up(", "laravel 1"},
          {LARAVEL_PATH, "extends Migration function up() { /* never closed", "laravel 1"},
          {"migrations/001_a.sql", "-- +goose Up -- +goose Down", "goose 0"});
    take_bytes("migrations/002_a.sql", STR("-- +goose Up\n\0\xff\xfe"));
    take("migrations/003_a.sql", "");
    finish();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROWS_TEST(test_observe_migrations__rails),   ROWS_TEST(test_observe_migrations__django),
        ROWS_TEST(test_observe_migrations__alembic), ROWS_TEST(test_observe_migrations__sql),
        ROWS_TEST(test_observe_migrations__scripts), ROWS_TEST(test_observe_migrations__twins),
        ROWS_TEST(test_observe_migrations__hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
