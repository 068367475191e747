/* The folder's files. Only what has a place in a catalog is opened, never through a link: a catalog from elsewhere must
 * not be able to make us read other files of the machine. */
#include "base/limits.h"
#include "catalog/source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct names {
    struct str *p;
    size_t n, cap;
};

static struct str below(struct source *s, struct str folder, struct str name)
{
    if (folder.n == 0) return name;
    return arena_printf(&s->cx->arena, STR_FMT "/" STR_FMT, STR_ARG(folder), STR_ARG(name));
}

/* Sorted names in an open folder; takes fd over. */
static bool list(struct source *s, struct str folder, int fd, struct names *out)
{
    *out = (struct names){0};
    DIR *d = fdopendir(fd);
    if (!d) {
        close(fd);
        return false;
    }
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
        if (out->n == LIMIT_CATALOG_ENTRIES) {
            source_fault(s, folder, 0, "divide the catalog", "more than %d files in one folder", LIMIT_CATALOG_ENTRIES);
            break;
        }
        source_grow(s, out->p, out->n, out->cap);
        out->p[out->n++] = arena_str(&s->cx->arena, str_from(e->d_name));
    }
    closedir(d);
    str_sort(out->p, out->n);
    return true;
}

/* A folder within a folder: -1, with the fault noted, when it is something else. */
static int open_folder(struct source *s, int at, struct str name, struct str path)
{
    int fd = openat(at, name.p, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        source_fault(s, path, 0,
                     errno == ENOTDIR || errno == ELOOP ? "make it a folder of its own" : "make it readable",
                     errno == ENOTDIR || errno == ELOOP ? "not a folder" : "cannot be opened: %s", strerror(errno));
    return fd;
}

/* The file's bytes; false, with the fault noted, when it is not a plain, small, readable text file. */
static bool read_file(struct source *s, int at, struct str name, struct str path, struct str *out)
{
    int fd = openat(at, name.p, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        if (errno == ELOOP)
            source_fault(s, path, 0, "put the file itself there", "a symbolic link");
        else
            source_fault(s, path, 0, "make it readable", "cannot be opened: %s", strerror(errno));
        return false;
    }
    struct stat st;
    bool fine = false;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        source_fault(s, path, 0, "put a plain file there", "not a plain file");
        goto out;
    }
    char *bytes = arena_alloc(&s->cx->arena, LIMIT_CATALOG_FILE < (size_t)st.st_size ? 1 : (size_t)st.st_size + 2);
    size_t n = 0, room = (size_t)st.st_size + 1;
    if ((size_t)st.st_size > LIMIT_CATALOG_FILE) {
        source_fault(s, path, 0, "split it", "larger than %llu bytes", LIMIT_CATALOG_FILE);
        goto out;
    }
    for (ssize_t got; n < room && (got = read(fd, bytes + n, room - n)) != 0;) {
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            source_fault(s, path, 0, "make it readable", "cannot be read: %s", strerror(errno));
            goto out;
        }
        n += (size_t)got;
    }
    *out = (struct str){bytes, n};
    if (!str_is_utf8(*out) || (n && memchr(bytes, 0, n)))
        source_fault(s, path, 0, "save it as UTF-8 text", "not UTF-8 text");
    else
        fine = true;
out:
    close(fd);
    return fine;
}

static void add_file(struct source *s, int at, struct str folder, struct str name, struct str suffix, struct str task,
                     enum source_kind kind)
{
    struct str path = below(s, folder, name), content = STR_NONE;
    if (!read_file(s, at, name, path, &content)) return;
    source_grow(s, s->files, s->n_files, s->cap_files);
    s->files[s->n_files++] = (struct source_file){kind, path, task, str_slice(name, 0, name.n - suffix.n), content};
}

static void unknown(struct source *s, struct str path, const char *what)
{
    source_fault(s, path, 0, what, "a file that has no place in a catalog");
}

/* A folder that holds files of one suffix only. */
static void read_flat(struct source *s, int at, struct str path, struct str suffix, struct str task,
                      enum source_kind kind)
{
    struct names names;
    int fd = dup(at);
    if (fd < 0 || !list(s, path, fd, &names)) {
        source_fault(s, path, 0, "make it readable", "cannot be listed: %s", strerror(errno));
        return;
    }
    for (size_t i = 0; i < names.n; i++) {
        struct str name = names.p[i];
        if (str_ends(name, suffix) && name.n > suffix.n && name.p[0] != '.')
            add_file(s, at, path, name, suffix, task, kind);
        else
            unknown(s, below(s, path, name),
                    kind == SOURCE_CASE || kind == SOURCE_METRIC_CASE ? "only *.json belongs here"
                                                                      : "only *.yaml belongs here");
    }
}

static void read_task_folder(struct source *s, int at, struct str path, struct str task)
{
    struct names names;
    int copy = dup(at);
    if (copy < 0 || !list(s, path, copy, &names)) {
        source_fault(s, path, 0, "make it readable", "cannot be listed: %s", strerror(errno));
        return;
    }
    bool found = false;
    for (size_t i = 0; i < names.n; i++) {
        struct str name = names.p[i], here = below(s, path, name);
        if (str_eq(name, STR("task.yaml"))) {
            found = true;
            add_file(s, at, path, name, STR(".yaml"), task, SOURCE_TASK);
        } else if (str_ends(name, STR(".sql")) && name.n > 4 && name.p[0] != '.') {
            add_file(s, at, path, name, STR(".sql"), task, SOURCE_RULE);
        } else if (str_eq(name, STR("cases"))) {
            int fd = open_folder(s, at, name, here);
            if (fd >= 0) {
                read_flat(s, fd, here, STR(".json"), task, SOURCE_CASE);
                close(fd);
            }
        } else {
            unknown(s, here, "a task's folder holds task.yaml, *.sql and cases/");
        }
    }
    if (!found) source_fault(s, path, 0, "write one, or remove the folder", "there is no task.yaml");
}

static void read_kind_folder(struct source *s, int at, struct str path, struct str kind)
{
    struct names names;
    int copy = dup(at);
    if (copy < 0 || !list(s, path, copy, &names)) {
        source_fault(s, path, 0, "make it readable", "cannot be listed: %s", strerror(errno));
        return;
    }
    bool schema = false, project = false;
    for (size_t i = 0; i < names.n; i++) {
        struct str name = names.p[i];
        if (str_eq(name, STR("schema.yaml"))) {
            schema = true;
            add_file(s, at, path, name, STR(".yaml"), kind, SOURCE_KIND);
        } else if (str_eq(name, STR("project.sql"))) {
            project = true;
            add_file(s, at, path, name, STR(".sql"), kind, SOURCE_PROJECT);
        } else {
            unknown(s, below(s, path, name), "a kind's folder holds schema.yaml and project.sql");
        }
    }
    if (!schema) source_fault(s, path, 0, "write one, or remove the folder", "there is no schema.yaml");
    if (!project) source_fault(s, path, 0, "write one, or remove the folder", "there is no project.sql");
}

/* <metric>.yaml and .sql side by side, and cases/. */
static void read_metrics(struct source *s, int at, struct str path)
{
    struct names names;
    int copy = dup(at);
    if (copy < 0 || !list(s, path, copy, &names)) {
        source_fault(s, path, 0, "make it readable", "cannot be listed: %s", strerror(errno));
        return;
    }
    for (size_t i = 0; i < names.n; i++) {
        struct str name = names.p[i], here = below(s, path, name);
        bool yaml = str_ends(name, STR(".yaml")) && name.n > 5, sql = str_ends(name, STR(".sql")) && name.n > 4;
        if ((yaml || sql) && name.p[0] != '.') {
            add_file(s, at, path, name, yaml ? STR(".yaml") : STR(".sql"), STR(""),
                     yaml ? SOURCE_METRIC : SOURCE_METRIC_SQL);
        } else if (str_eq(name, STR("cases"))) {
            int fd = open_folder(s, at, name, here);
            if (fd >= 0) {
                read_flat(s, fd, here, STR(".json"), STR(""), SOURCE_METRIC_CASE);
                close(fd);
            }
        } else {
            unknown(s, here, "metrics/ holds *.yaml, *.sql and cases/");
        }
    }
}

/* A folder of folders named by keys: tasks, else kinds of facts or, with templates, of records. */
static void read_folders(struct source *s, int at, struct str path, bool tasks, bool templates)
{
    struct names names;
    int copy = dup(at);
    if (copy < 0 || !list(s, path, copy, &names)) {
        source_fault(s, path, 0, "make it readable", "cannot be listed: %s", strerror(errno));
        return;
    }
    for (size_t i = 0; i < names.n; i++) {
        struct str here = below(s, path, names.p[i]);
        if (tasks ? !source_is_key(names.p[i], NULL) : !source_is_kind(names.p[i])) {
            source_fault(s, here, 0,
                         tasks ? "name it by the task's key: [a-z][a-z0-9-]*"
                               : "name it by the kind's key: [a-z][a-z0-9_]*, at most 40",
                         tasks ? "not a task's folder" : "not a kind's folder");
            continue;
        }
        int fd = open_folder(s, at, names.p[i], here);
        if (fd < 0) continue;
        if (tasks)
            read_task_folder(s, fd, here, names.p[i]);
        else if (templates)
            read_flat(s, fd, here, STR(".yaml"), names.p[i], SOURCE_TEMPLATE);
        else
            read_kind_folder(s, fd, here, names.p[i]);
        close(fd);
    }
}

void source_add(struct source *s, struct str path, struct str content)
{
    struct str name = path, folder;
    if (!str_cut(&name, '/', &folder) || !str_ends(name, STR(".yaml"))) return;
    struct source_file file = {str_eq(folder, STR("libraries")) ? SOURCE_LIBRARY : SOURCE_FRAMEWORK, path, STR(""),
                               str_slice(name, 0, name.n - 5), content};
    for (size_t i = 0; i < s->n_files; i++)
        if (str_eq(s->files[i].path, path)) {
            s->files[i] = file;
            return;
        }
    source_grow(s, s->files, s->n_files, s->cap_files);
    s->files[s->n_files++] = file;
}

enum rc source_open(struct ctx *cx, const char *dir, struct source *s)
{
    *s = (struct source){.cx = cx};
    int top = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (top < 0)
        return fail(cx, errno == ENOENT || errno == ENOTDIR ? E_NOTFOUND : E_IO, "%s: not a catalog folder: %s",
                    str_visible(cx, str_from(dir)), strerror(errno));
    struct names names;
    int copy = dup(top);
    if (copy < 0 || !list(s, STR("."), copy, &names)) {
        close(top);
        return fail(cx, E_IO, "%s: cannot be listed: %s", str_visible(cx, str_from(dir)), strerror(errno));
    }
    for (size_t i = 0; i < names.n; i++) {
        struct str name = names.p[i];
        bool frameworks = str_eq(name, STR("frameworks")), presets = str_eq(name, STR("presets"));
        bool tasks = str_eq(name, STR("tasks")), records = str_eq(name, STR("kinds"));
        bool templates = str_eq(name, STR("templates")), metrics = str_eq(name, STR("metrics"));
        bool libraries = str_eq(name, STR("libraries"));
        if (!frameworks && !presets && !tasks && !records && !templates && !metrics && !libraries &&
            !str_eq(name, STR("facts"))) {
            unknown(
                s, name,
                "a catalog holds frameworks/, tasks/, presets/, facts/, kinds/, templates/, metrics/ and libraries/");
            continue;
        }
        int fd = open_folder(s, top, name, name);
        if (fd < 0) continue;
        if (frameworks || presets || records || libraries)
            read_flat(s, fd, name, STR(".yaml"), STR(""),
                      frameworks  ? SOURCE_FRAMEWORK
                      : presets   ? SOURCE_PRESET
                      : libraries ? SOURCE_LIBRARY
                                  : SOURCE_RECORD);
        else if (metrics)
            read_metrics(s, fd, name);
        else
            read_folders(s, fd, name, tasks, templates);
        close(fd);
    }
    close(top);
    return OK;
}
