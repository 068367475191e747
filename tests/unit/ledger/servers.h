/* PostgreSQL servers of the test's own: in a folder that is removed, on sockets there, as a user that is not root. They
 * die with the test. */
#ifndef SINETTI_TESTS_UNIT_LEDGER_SERVERS_H
#define SINETTI_TESTS_UNIT_LEDGER_SERVERS_H

#include "../store/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#include "base/str.h"

#define PG_BIN "/usr/lib/postgresql/15/bin/"
#define MOST_SERVERS 4

struct server {
    char data[300];
    int port;
    pid_t pid; /* 0: it does not run */
};

static char pg_folder[256];
static struct server servers[MOST_SERVERS];

static inline bool servers_can_run(void)
{
    bool can = access(PG_BIN "postgres", X_OK) == 0 && (geteuid() != 0 || getpwnam("postgres"));
    if (!can) printf("skipped: PostgreSQL 15 is not installed (tools/deps.sh test)\n");
    return can;
}

static inline void pause_ms(int ms)
{
    const struct timespec t = {ms / 1000, ms % 1000 * 1000000L};
    nanosleep(&t, NULL);
}

static inline pid_t pg_spawn(const char *const argv[], const char *out)
{
    pid_t parent = getpid(), pid = fork();
    if (pid) return pid;
    const struct passwd *user = geteuid() == 0 ? getpwnam("postgres") : NULL;
    int fd = open(out ? out : "/dev/null", O_WRONLY | O_CREAT | O_APPEND, 0666);
    if (fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0) _exit(120);
    if (user && (setgid(user->pw_gid) || setuid(user->pw_uid))) _exit(121);
    prctl(PR_SET_PDEATHSIG, SIGQUIT);
    if (getppid() != parent || chdir("/")) _exit(122);
    for (fd = 3; fd < 64; fd++) close(fd); /* pipes that others wait on */
    execv(argv[0], (char *const *)argv);
    _exit(123);
}

static inline const char *pg_path(const char *name)
{
    static char all[8][400];
    static int next;
    char *path = all[next++ % 8];
    snprintf(path, sizeof all[0], "%s/%s", pg_folder, name);
    return path;
}

static inline int pg_run(const char *const argv[])
{
    int status = -1;
    pid_t pid = pg_spawn(argv, pg_path("log"));
    waitpid(pid, &status, 0);
    return status;
}

/* SQL as the owner of the database, on server i. It ends by itself, also where a standby that has gone is waited for.
 */
static inline int pg_sql(int i, const char *sql)
{
    char port[16];
    snprintf(port, sizeof port, "%d", servers[i].port);
    setenv("PGOPTIONS", "-c statement_timeout=60s", 1);
    int status = pg_run((const char *const[]){PG_BIN "psql", "-X", "-q", "-h", pg_folder, "-p", port, "-U", "sinetti",
                                              "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-c", sql, NULL});
    unsetenv("PGOPTIONS"); /* those who are tested are not helped */
    return status;
}

/* Whether a query of one value gives it. */
static inline bool pg_is(int i, const char *sql)
{
    scoped_buf all;
    buf_init(&all, 0);
    buf_printf(&all, "DO $$ BEGIN IF NOT (%s) THEN RAISE 'not so'; END IF; END $$", sql);
    buf_char(&all, 0);
    return pg_sql(i, all.p) == 0;
}

static inline bool pg_wait(int i, const char *sql)
{
    for (int k = 0; k < 150; k++, pause_ms(100))
        if (pg_is(i, sql)) return true;
    return false;
}

static inline bool server_start(int i)
{
    struct server *s = &servers[i];
    char port[16], sockets[300];
    snprintf(port, sizeof port, "%d", s->port);
    snprintf(sockets, sizeof sockets, "unix_socket_directories=%s", pg_folder);
    s->pid = pg_spawn((const char *const[]){PG_BIN "postgres", "-D", s->data, "-p", port, "-c", sockets, "-c",
                                            "listen_addresses=", NULL},
                      pg_path("server.log"));
    for (int k = 0; k < 300; k++, pause_ms(50)) {
        if (pg_run((const char *const[]){PG_BIN "pg_isready", "-q", "-h", pg_folder, "-p", port, NULL}) == 0)
            return true;
        if (waitpid(s->pid, NULL, WNOHANG) == s->pid) break;
    }
    s->pid = 0;
    return false;
}

/* All its processes at once, as when the machine loses power. */
static inline void server_kill(int i)
{
    struct server *s = &servers[i];
    char path[64];
    if (!s->pid) return;
    kill(s->pid, SIGSTOP); /* so that it starts no more */
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)s->pid, (int)s->pid);
    FILE *f = fopen(path, "r");
    int children[256], n = 0;
    while (f && n < 256 && fscanf(f, "%d", &children[n]) == 1) n++;
    if (f) fclose(f);
    kill(s->pid, SIGKILL);
    for (int k = 0; k < n; k++) kill(children[k], SIGKILL);
    waitpid(s->pid, NULL, 0);
    for (int k = 0; k < n; k++) waitpid(children[k], NULL, 0); /* they are ours now */
    s->pid = 0;
}

/* Stops all its processes where they are, and lets them go on. The first of them first: what it starts after the
 * others were counted would not be stopped. */
static inline void server_signal(int i, int signal)
{
    char path[64];
    if (!servers[i].pid) return;
    kill(servers[i].pid, signal);
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)servers[i].pid, (int)servers[i].pid);
    FILE *f = fopen(path, "r");
    for (int child; f && fscanf(f, "%d", &child) == 1;) kill(child, signal);
    if (f) fclose(f);
}

/* In order: connections are ended. */
static inline void server_stop(int i)
{
    if (servers[i].pid) {
        server_signal(i, SIGCONT); /* a test that failed may have left it stopped */
        kill(servers[i].pid, SIGINT);
        waitpid(servers[i].pid, NULL, 0);
    }
    servers[i].pid = 0;
}

static inline void server_place(int i)
{
    snprintf(servers[i].data, sizeof servers[i].data, "%s/server%d", pg_folder, i);
    servers[i].port = 5400 + i;
    servers[i].pid = 0;
}

/* Server 0, with what it has to know before it runs. */
static inline bool servers_begin(const char *settings)
{
    if (!folder_make(pg_folder) || prctl(PR_SET_CHILD_SUBREAPER, 1)) return false;
    const struct passwd *user = geteuid() == 0 ? getpwnam("postgres") : NULL;
    if (user && chown(pg_folder, user->pw_uid, user->pw_gid)) return false;
    for (int i = 0; i < MOST_SERVERS; i++) server_place(i);
    if (pg_run((const char *const[]){PG_BIN "initdb", "-D", servers[0].data, "-A", "trust", "-U", "sinetti",
                                     "--no-locale", "-E", "UTF8", "--no-sync", "--no-instructions", NULL}))
        return false;
    char path[400];
    snprintf(path, sizeof path, "%s/postgresql.conf", servers[0].data);
    FILE *f = fopen(path, "a");
    if (!f) return false;
    fprintf(f, "shared_buffers = 32MB\nmax_connections = 40\nwal_retrieve_retry_interval = 200ms\n%s\n", settings);
    return fclose(f) == 0 && server_start(0);
}

/* Server i, a copy of server `of` that follows it. */
static inline bool server_follow(int i, int of)
{
    char port[16];
    snprintf(port, sizeof port, "%d", servers[of].port);
    folder_remove(servers[i].data);
    return pg_run((const char *const[]){PG_BIN "pg_basebackup", "-D", servers[i].data, "-h", pg_folder, "-p", port,
                                        "-U", "sinetti", "-R", "-X", "stream", "-c", "fast", "--no-sync", NULL}) == 0 &&
           server_start(i) &&
           pg_wait(of, "EXISTS (SELECT FROM pg_stat_replication WHERE state = 'streaming' AND (sync_state IN ('sync', "
                       "'quorum') OR current_setting('synchronous_standby_names') = ''))");
}

static inline void servers_end(void)
{
    for (int i = 0; i < MOST_SERVERS; i++) server_kill(i);
    folder_remove(pg_folder);
}

/* For the servers 0 to n-1, whichever takes writes. */
static inline const char *servers_url(int n)
{
    static char url[1200];
    size_t at = (size_t)snprintf(url, sizeof url, "postgresql://sinetti@/postgres?host=");
    for (int i = 0; i < n; i++) at += (size_t)snprintf(url + at, sizeof url - at, "%s%s", i ? "," : "", pg_folder);
    at += (size_t)snprintf(url + at, sizeof url - at, "&port=");
    for (int i = 0; i < n; i++)
        at += (size_t)snprintf(url + at, sizeof url - at, "%s%d", i ? "," : "", servers[i].port);
    return url;
}

#endif
