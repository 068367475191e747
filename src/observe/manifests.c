/* Package manifests: what ecosystem, how many dependencies, an application or a library. Lock files are looked for when
 * all files are known. `application` is 1 only where the manifest or a file beside it says so plainly. */
#include <ctype.h>

#include <jansson.h>

#include "observe/content_rows.h"

struct facts {
    bool application, self_locked, skip;
    int64_t dependencies;
};

static int64_t count_object(json_t *root, const char *key)
{
    return (int64_t)json_object_size(json_object_get(root, key));
}

static void read_npm(struct str text, struct facts *f)
{
    json_t *root = json_loadb(text.p, text.n, 0, NULL);
    if (!json_is_object(root)) {
        f->skip = true;
        json_decref(root);
        return;
    }
    f->dependencies = count_object(root, "dependencies") + count_object(root, "devDependencies") +
                      count_object(root, "optionalDependencies");
    bool library = json_object_get(root, "exports") || json_object_get(root, "files") ||
                   json_object_get(root, "publishConfig") || json_object_get(root, "workspaces") ||
                   json_object_get(root, "bin") || json_object_get(root, "peerDependencies");
    bool private = json_is_true(json_object_get(root, "private"));
    bool starts = json_object_get(json_object_get(root, "scripts"), "start") != NULL;
    f->application = !library && starts && (private || !json_object_get(root, "main"));
    f->skip = !f->dependencies && !json_object_get(root, "version"); /* {"type": "module"} and the like */
    json_decref(root);
}

static void read_composer(struct str text, struct facts *f)
{
    json_t *root = json_loadb(text.p, text.n, 0, NULL);
    const char *type = json_string_value(json_object_get(root, "type"));
    f->dependencies = count_object(root, "require") + count_object(root, "require-dev");
    f->application = type && strcmp(type, "project") == 0;
    f->skip = !json_is_object(root);
    json_decref(root);
}

/* Lines of the TOML tables whose name ends in one of `tables`. */
static int64_t count_toml(struct str text, const char *tables)
{
    struct lines l = {.rest = text};
    struct str line;
    int64_t n = 0;
    bool in = false;
    while (lines_next(&l, &line)) {
        struct str t = str_trim(line);
        if (!t.n || t.p[0] == '#') continue;
        if (t.p[0] == '[') {
            struct str rest = str_from(tables), one;
            struct str name = t;
            while (name.n && strchr("[] ", name.p[0])) name = str_slice(name, 1, name.n);
            while (name.n && strchr("[] ", name.p[name.n - 1])) name.n--;
            in = false;
            while (str_cut(&rest, '|', &one))
                in = in || str_eq(name, one) || (str_ends(name, one) && name.p[name.n - one.n - 1] == '.');
            /* [dependencies.serde] is one */
            const char *dot = memchr(name.p ? name.p : "", '.', name.n);
            rest = str_from(tables);
            while (!in && dot && str_cut(&rest, '|', &one))
                if (str_eq(str_slice(name, 0, (size_t)(dot - name.p)), one)) n++;
            continue;
        }
        if (in && memchr(t.p, '=', t.n) && isalnum((unsigned char)t.p[0]) && !str_starts(t, STR("python ")) &&
            !str_starts(t, STR("python=")))
            n++;
    }
    return n;
}

/* dependencies = ["a", "b"] of PEP 621, on one line or several. */
static int64_t count_toml_array(struct str text, const char *key)
{
    struct lines l = {.rest = text};
    struct str line;
    int64_t n = 0;
    bool in = false;
    while (lines_next(&l, &line)) {
        struct str t = str_trim(line);
        if (!in && str_starts(t, str_from(key)) && memchr(t.p, '[', t.n)) {
            in = true;
            t = str_slice(t, (size_t)((char *)memchr(t.p, '[', t.n) - t.p), t.n);
        }
        if (!in || !t.n || t.p[0] == '#') continue;
        int64_t quotes = 0;
        for (size_t i = 0; i < t.n; i++) quotes += t.p[i] == '"' || t.p[i] == '\'';
        n += quotes > 1 ? (quotes / 2 < 1000 ? quotes / 2 : 1000) : 0;
        if (t.p[t.n - 1] == ']' || str_ends(t, STR("],"))) in = false;
    }
    return n;
}

/* Every requirement is fixed: "==", a hash, or a URL with one. */
static void read_requirements(struct str text, struct facts *f)
{
    struct lines l = {.rest = text};
    struct str line;
    int64_t fixed = 0;
    while (lines_next(&l, &line)) {
        struct str t = str_trim(line);
        if (!t.n || t.p[0] == '#' || str_starts(t, STR("--"))) continue;
        if (t.p[0] == '-') continue; /* -r, -c, -e */
        f->dependencies++;
        if (str_has(t, STR("==")) || str_has(t, STR("@ ")) || str_has(t, STR("sha256"))) fixed++;
    }
    f->self_locked = f->dependencies > 0 && fixed == f->dependencies;
    f->skip = f->dependencies == 0;
}

static int64_t count_lines(struct str text, const char *beginnings)
{
    struct lines l = {.rest = text};
    struct str line;
    int64_t n = 0;
    while (lines_next(&l, &line)) {
        struct str t = str_trim(line), rest = str_from(beginnings), one;
        while (str_cut(&rest, '|', &one))
            if (str_starts(t, one)) {
                n++;
                break;
            }
    }
    return n;
}

static void read_go(struct str text, struct facts *f)
{
    struct lines l = {.rest = text};
    struct str line;
    bool in = false;
    while (lines_next(&l, &line)) {
        struct str t = str_trim(line);
        if (str_starts(t, STR("require (")))
            in = true;
        else if (in && str_starts(t, STR(")")))
            in = false;
        else if ((in && t.n && t.p[0] != '/') || str_starts(t, STR("require ")))
            f->dependencies++;
    }
}

static const char *ecosystem_of(const struct place *pl)
{
    static const struct {
        const char *names, *ecosystem;
    } by_name[] = {
        {"package.json", "npm"}, {"pyproject.toml|pipfile|setup.py|setup.cfg", "pypi"},
        {"cargo.toml", "cargo"}, {"go.mod", "go"},
        {"pom.xml", "maven"},    {"build.gradle|build.gradle.kts", "gradle"},
        {"gemfile", "gem"},      {"composer.json", "composer"},
        {"mix.exs", "hex"},      {"pubspec.yaml", "pub"},
    };
    for (size_t i = 0; i < sizeof by_name / sizeof by_name[0]; i++)
        if (text_is(pl->name, by_name[i].names)) return by_name[i].ecosystem;
    if (text_is(pl->ext, "csproj|fsproj|vbproj")) return "nuget";
    if (str_starts(pl->name, STR("requirements")) && text_is(pl->ext, "txt")) return "pypi";
    if (!pl->dir.n || !text_is(pl->ext, "txt")) return NULL;
    return str_ends(pl->dir, STR("requirements/")) ? "pypi" : NULL;
}

bool manifest_wants(const struct place *pl)
{
    return !pl->sample && !pl->test && pl->depth < 8 && ecosystem_of(pl) != NULL;
}

static void read_python(const struct place *pl, struct str text, struct facts *f)
{
    if (text_is(pl->ext, "txt"))
        read_requirements(text, f);
    else if (text_is(pl->name, "pyproject.toml")) {
        f->dependencies =
            count_toml_array(text, "dependencies") +
            count_toml(text, "poetry.dependencies|dev-dependencies|group.dev.dependencies|group.test.dependencies");
        f->skip = !str_has(text, STR("[project]")) && !str_has(text, STR("[tool.poetry]")); /* only tools' settings */
    } else if (text_is(pl->name, "pipfile")) {
        f->dependencies = count_toml(text, "packages|dev-packages");
    } else {
        f->skip = !str_has(text, STR("install_requires"));
        f->dependencies = !f->skip;
    }
}

void manifest_read(struct content *c, struct str text)
{
    const char *ecosystem = ecosystem_of(&c->place);
    struct str e = str_from(ecosystem);
    struct facts f = {.application = false};
    if (str_eq(e, STR("npm")))
        read_npm(text, &f);
    else if (str_eq(e, STR("composer")))
        read_composer(text, &f);
    else if (str_eq(e, STR("pypi")))
        read_python(&c->place, text, &f);
    else if (str_eq(e, STR("cargo"))) {
        f.dependencies = count_toml(text, "dependencies|dev-dependencies|build-dependencies");
        f.application = str_has(text, STR("[[bin]]")) && !str_has(text, STR("[lib]"));
    } else if (str_eq(e, STR("go")))
        read_go(text, &f);
    else if (str_eq(e, STR("maven"))) {
        f.dependencies = count_lines(text, "<dependency>");
        f.application =
            str_has(text, STR("<artifactId>spring-boot-maven-plugin<")) || str_has(text, STR("<packaging>war<"));
    } else if (str_eq(e, STR("gradle"))) {
        f.dependencies = count_lines(
            text, "implementation|api "
                  "|api(|compileOnly|runtimeOnly|testImplementation|testRuntimeOnly|kapt|annotationProcessor|compile ");
        f.application = str_has(text, STR("org.springframework.boot")) ||
                        str_has(text, STR("com.android.application")) || str_has(text, STR("mainClass"));
        f.skip = !f.dependencies;
    } else if (str_eq(e, STR("gem")))
        f.dependencies = count_lines(text, "gem |gem(");
    else if (str_eq(e, STR("nuget"))) {
        f.dependencies = count_lines(text, "<PackageReference");
        f.application = str_has(text, STR("Microsoft.NET.Sdk.Web")) || str_has(text, STR("<OutputType>Exe")) ||
                        str_has(text, STR("<OutputType>WinExe"));
    } else if (str_eq(e, STR("hex")))
        f.dependencies = count_lines(text, "{:");
    else
        f.dependencies = count_lines(text, "^") + 1;
    if (f.skip) return;
    ROW(c, T_MANIFEST, CTEXT(ecosystem), f.self_locked ? TEXT(c->place.path) : NOTHING, INT(f.application),
        INT(f.dependencies));
}

/* Lock files beside a manifest; `up`: a workspace's at a folder above counts too. */
static const struct {
    const char *ecosystem, *names;
    bool up;
} locks[] = {
    {"npm", "package-lock.json|npm-shrinkwrap.json|yarn.lock|pnpm-lock.yaml|bun.lock|bun.lockb", true},
    {"pypi", "poetry.lock|uv.lock|pdm.lock|Pipfile.lock|pylock.toml|requirements.lock|conda-lock.yml", true},
    {"cargo", "Cargo.lock", true},
    {"go", "go.sum", false},
    {"gem", "Gemfile.lock|gems.locked", false},
    {"composer", "composer.lock", false},
    {"nuget", "packages.lock.json", false},
    {"gradle", "gradle.lockfile|gradle/verification-metadata.xml", true},
    {"hex", "mix.lock", true},
    {"pub", "pubspec.lock", true},
};

/* A file beside the manifest that makes it an application. ?: "dir*" any file below dir. */
static const struct {
    const char *ecosystem, *file;
} marks[] = {
    {"pypi", "manage.py"},
    {"go", "main.go"},
    {"gem", "config/application.rb"},
    {"cargo", "src/main.rs"},
};

static bool file_exists(struct ctx *cx, sqlite3_stmt *st, struct str path, enum rc *rc)
{
    bool row = false;
    store_bind_str(st, 1, path);
    *rc = store_step(cx, st, &row);
    sqlite3_reset(st);
    return *rc == OK && row;
}

static struct str joined(struct arena *a, struct str dir, struct str name)
{
    return arena_printf(a, STR_FMT STR_FMT, STR_ARG(dir), STR_ARG(name));
}

static struct str parent_of(struct str dir)
{
    if (dir.n) dir.n--;
    while (dir.n && dir.p[dir.n - 1] != '/') dir.n--;
    return dir;
}

/* Lists of requirements have no workspace: only a lock file beside them counts. */
static enum rc find_lock(struct ctx *cx, struct arena *a, sqlite3_stmt *has, const struct place *pl,
                         struct str ecosystem, struct str *lock)
{
    struct str dir = pl->dir;
    bool list = text_is(pl->ext, "txt");
    enum rc rc = OK;
    *lock = STR_NONE;
    for (size_t i = 0; i < sizeof locks / sizeof locks[0]; i++) {
        if (!str_eq(ecosystem, str_from(locks[i].ecosystem))) continue;
        for (struct str d = dir;; d = parent_of(d)) {
            struct str rest = str_from(locks[i].names), name;
            while (str_cut(&rest, '|', &name)) {
                struct str path = joined(a, d, name);
                if (file_exists(cx, has, path, &rc)) {
                    *lock = path;
                    return OK;
                }
                if (rc != OK) return rc;
            }
            if (!locks[i].up || list || !d.n) return OK;
        }
    }
    return OK;
}

static enum rc finish_all(struct ctx *cx, sqlite3 *db, struct arena *a)
{
    scoped_stmt *each = NULL, *has = NULL, *set = NULL, *app = NULL;
    TRY(store_prepare(cx, db, STR("SELECT path, ecosystem FROM d_manifest WHERE lock IS NULL ORDER BY path"), &each));
    TRY(store_prepare(cx, db, STR("SELECT 1 FROM d_file WHERE path = ?1"), &has));
    TRY(store_prepare(cx, db, STR("UPDATE d_manifest SET lock = ?2 WHERE path = ?1"), &set));
    TRY(store_prepare(cx, db, STR("UPDATE d_manifest SET application = 1 WHERE path = ?1"), &app));
    for (;;) {
        bool row;
        enum rc rc = OK;
        TRY(store_step(cx, each, &row));
        if (!row) return OK;
        struct str path = arena_str(a, store_column_str(each, 0)), ecosystem = arena_str(a, store_column_str(each, 1)),
                   lock;
        struct place pl = place_of(path, NULL);
        struct str dir = pl.dir;
        TRY(find_lock(cx, a, has, &pl, ecosystem, &lock));
        if (lock.p) {
            store_bind_str(set, 1, path);
            store_bind_str(set, 2, lock);
            TRY(store_run(cx, set));
        }
        for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
            if (!str_eq(ecosystem, str_from(marks[i].ecosystem)) ||
                !file_exists(cx, has, joined(a, dir, str_from(marks[i].file)), &rc))
                continue;
            store_bind_str(app, 1, path);
            TRY(store_run(cx, app));
        }
        TRY(rc);
    }
}

enum rc manifests_finish(struct ctx *cx, sqlite3 *db)
{
    TRY(store_exec(cx, db, "UPDATE d_manifest SET lock = NULL WHERE lock <> path"));
    struct arena a;
    arena_init(&a);
    enum rc rc = finish_all(cx, db, &a);
    arena_release(&a);
    if (rc != OK) return rc;
    /* requirements beside a lock file of the same folder's tool are covered by it; a gem's own Gemfile is a library's
     */
    return store_exec(cx, db,
                      "UPDATE d_manifest SET application = 0 WHERE ecosystem = 'cargo' AND EXISTS (SELECT 1 FROM "
                      "d_file f WHERE f.path = "
                      "replace(d_manifest.path, 'Cargo.toml', 'src/lib.rs'));");
}
