/* sinetti doctor: what is amiss with a data folder, its machine and its server, and how to mend it. Changes nothing. */
#include "base/landlock.h"
#include "base/time.h"
#include "cli/common.h"
#include "cli/data.h"
#include "ledger/signer_wire.h"
#include "serve/certificate.h"
#include "serve/folder.h"
#include "serve/rights.h"
#include "store/config.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

static const char help[] =
    "usage: sinetti doctor [OPTIONS]\n"
    "Looks at the data folder, the signer, the certificate, the kernel, the clock, the disk and the programs that a\n"
    "server needs. Each line says `fine` or `amiss`, and what to do. Changes nothing.\n\n" DATA_HELP
    "  --tls-cert FILE the certificate that serve is given\n"
    "exit codes: 0 nothing is amiss, 1 something is, 2 wrong usage\n";

enum { OPTION_DATA = OPTION_OWN, OPTION_SIGNER, OPTION_CERT };

static const struct option table[] = {{"data", required_argument, NULL, OPTION_DATA},
                                      {"signer", required_argument, NULL, OPTION_SIGNER},
                                      {"tls-cert", required_argument, NULL, OPTION_CERT},
                                      {"help", no_argument, NULL, OPTION_HELP},
                                      {0}};

#define EARLY (21 * DAY_SECONDS)
#define ROOM_LEAST (1ULL << 30)
#define DESCRIPTORS_LEAST 4096

struct doctor {
    struct ctx *cx;
    struct data data;
    const char *cert;
    int amiss;
};

static void fine(const char *what, const char *how_so)
{
    printf("fine   %s%s%s\n", what, *how_so ? ": " : "", how_so);
}

static void amiss(struct doctor *d, const char *what, const char *why, const char *remedy)
{
    d->amiss++;
    printf("amiss  %s: %s\n       %s\n", what, why, remedy);
}

/* --- the machine */

static void look_at_kernel(struct doctor *d)
{
    struct landlock l = landlock_open();
    if (l.fd >= 0) close(l.fd);
    if (l.fd < 0)
        amiss(d, "Landlock", "the kernel has none, or it is switched off: web may read what its user may",
              "Linux 5.13 or later, and landlock in the kernel's `lsm=` list");
    else if (l.abi < 4)
        amiss(d, "Landlock", arena_printf(&d->cx->arena, "ABI %ld: TCP and truncating are not held by it", l.abi).p,
              "Linux 6.7 or later; until then seccomp alone keeps web from connecting");
    else
        fine("Landlock", arena_printf(&d->cx->arena, "ABI %ld", l.abi).p);
    if (prctl(PR_GET_SECCOMP) < 0)
        amiss(d, "seccomp", "the kernel has no filters of system calls", "a kernel with CONFIG_SECCOMP_FILTER");
    else
        fine("seccomp", "");
}

static void look_at_limits(struct doctor *d)
{
    struct rlimit most;
    if (getrlimit(RLIMIT_NOFILE, &most) == 0 && most.rlim_max < DESCRIPTORS_LEAST)
        amiss(
            d, "open files",
            arena_printf(&d->cx->arena, "at most %llu, so that many connections", (unsigned long long)most.rlim_max).p,
            "LimitNOFILE=16384 in the unit, or `ulimit -n`");
    else
        fine("open files", "");
}

/* What `git --version` says; empty when there is none. */
static struct str git_version(struct ctx *cx)
{
    char *const argv[] = {"git", "--version", NULL};
    char text[100];
    int ends[2];
    pid_t pid = 0;
    posix_spawn_file_actions_t actions;
    if (pipe2(ends, O_CLOEXEC) != 0) return STR("");
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    bool started = posix_spawnp(&pid, "git", &actions, NULL, argv, environ) == 0;
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    ssize_t n = started ? read(ends[0], text, sizeof text) : -1;
    close(ends[0]);
    if (started) (void)waitpid(pid, NULL, 0);
    struct str said = n > 0 ? str_trim((struct str){text, (size_t)n}) : STR(""), words = STR("git version ");
    return str_starts(said, words) ? arena_str(&cx->arena, str_slice(said, words.n, said.n)) : STR("");
}

static void look_at_programs(struct doctor *d)
{
    struct str version = git_version(d->cx), rest = version, part;
    int64_t major = 0, minor = 0;
    bool reads = str_cut(&rest, '.', &part) && str_to_i64(part, 0, 1000, &major) && str_cut(&rest, '.', &part) &&
                 str_to_i64(part, 0, 1000, &minor);
    if (!reads)
        amiss(d, "git", "it is not there", "install git 2.39 or later");
    else if (major < 2 || (major == 2 && minor < 39))
        amiss(d, "git", str_visible(d->cx, version), "install git 2.39 or later");
    else
        fine("git", str_visible(d->cx, version));
    if (access("/usr/bin/ssh", X_OK) != 0 || access("/usr/bin/ssh-keygen", X_OK) != 0)
        amiss(d, "ssh", "it is not there: repositories cannot be fetched over SSH", "install openssh-client");
    else
        fine("ssh", "");
}

static void look_at_libraries(struct doctor *d)
{
    static const struct {
        const char *file, *what, *package;
    } all[] = {{"liboath.so.0", "one-time passwords", "liboath0"},
               {"libqrencode.so.4", "their QR codes", "libqrencode4"},
               {"libfido2.so.1", "passkeys", "libfido2-1"},
               {"libunistring.so.2", "names that look alike", "libunistring2"},
               {"librhonabwy.so.1.1", "sign-in by OpenID Connect", "librhonabwy1.1"},
               {"libcurl-gnutls.so.4", "calling other servers", "libcurl3-gnutls"}};
    int missing = 0;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        void *handle = dlopen(all[i].file, RTLD_LAZY | RTLD_LOCAL);
        if (handle) {
            dlclose(handle);
            continue;
        }
        missing++;
        amiss(d, all[i].file, arena_printf(&d->cx->arena, "not installed: %s do not work", all[i].what).p,
              arena_printf(&d->cx->arena, "install %s", all[i].package).p);
    }
    if (!missing) fine("libraries", "");
}

/* --- the folder */

static void look_at_folder(struct doctor *d)
{
    struct stat st;
    const char *dir = d->data.dir, *shown = str_visible(d->cx, str_from(dir));
    if (stat(dir, &st) != 0 || !S_ISDIR(st.st_mode)) {
        amiss(d, shown, "no data folder", "`sinetti init` makes one");
        return;
    }
    if (st.st_mode & 0077)
        amiss(d, shown, "others may look into it", arena_printf(&d->cx->arena, "chmod 700 %s", shown).p);
    else if (geteuid() != 0 && st.st_uid != geteuid())
        amiss(d, shown, "it is another user's", "run as its owner");
    else
        fine("data folder", shown);
    struct statvfs room;
    if (statvfs(dir, &room) != 0) return;
    unsigned long long left = (unsigned long long)room.f_bavail * room.f_frsize;
    if (left < ROOM_LEAST)
        amiss(d, "room on the disk", arena_printf(&d->cx->arena, "%llu MiB are left", left >> 20).p,
              "make room: a full disk stops every writing request (nothing is lost by it)");
    else
        fine("room on the disk", arena_printf(&d->cx->arena, "%llu MiB", left >> 20).p);
}

static void look_at_config(struct doctor *d)
{
    struct config config;
    if (config_read(d->cx, d->data.dir, &config) != OK)
        amiss(d, "config", d->cx->message, "mend the file, or use the version of sinetti that made the folder");
    else
        fine("config", config_log_is_shared(&config) ? "the log is in PostgreSQL" : "");
}

static void look_at_state(struct doctor *d)
{
    enum rc rc = folder_check(d->cx, d->data.dir);
    if (rc == OK)
        fine("state.db", "");
    else if (rc == E_NOTFOUND)
        fine("state.db", "made by the first `sinetti serve`");
    else if (rc == E_CONFLICT)
        amiss(d, "state.db", "of an older version", "`sinetti upgrade`, or start the server, which changes it too");
    else
        amiss(d, "state.db", d->cx->message,
              rc == E_DENIED    ? "use the newer version of sinetti"
              : rc == E_CORRUPT ? "restore it from a backup"
                                : "mend what it says; the file itself may be whole");
}

static void look_at_log(struct doctor *d)
{
    struct log_reader *reader;
    int64_t now = time_now();
    enum rc rc = log_reader_open(d->cx, d->data.dir, &reader);
    if (rc != OK) {
        amiss(d, "audit log", d->cx->message,
              rc == E_CORRUPT || rc == E_NOTFOUND
                  ? "`sinetti fsck` tells more; `sinetti restore` puts a backup in its place"
                  : "mend what it says, then `sinetti fsck`; put no backup in its place for this");
        return;
    }
    int64_t last = log_reader_at(reader) / 1000000;
    fine("audit log", arena_printf(&d->cx->arena, "%llu events", (unsigned long long)log_reader_size(reader)).p);
    if (last > now + 60)
        amiss(d, "clock",
              arena_printf(&d->cx->arena, "it is %lld s behind the newest event", (long long)(last - now)).p,
              "set the clock (a time service); events keep their order meanwhile, with the time of the newest");
    else
        fine("clock", "not behind the newest event");
    log_reader_close(reader);
}

/* With the rights of who has the folder, as `serve` does: root can see whether they suffice. */
static enum rc open_as_owner(struct ctx *cx, const char *path, struct signer **out)
{
    struct rights r;
    TRY(rights_of(cx, path, &r));
    TRY(rights_borrow(cx, &r));
    enum rc rc = signer_open(cx, path, out);
    enum rc back = rights_return(cx, &r);
    return rc == OK ? back : rc;
}

static void look_at_signer(struct doctor *d)
{
    struct stat st;
    struct signer *s = NULL;
    const char *path = d->data.signer_dir, *own = arena_printf(&d->cx->arena, "%s/signer.sock", d->data.dir).p;
    if (str_starts(str_from(path), arena_printf(&d->cx->arena, "%s/", d->data.dir)))
        amiss(d, "signer", "its folder lies in the data folder, and so in its backups",
              "move it elsewhere, and say where by --signer: it must not be restored with the data");
    bool is_socket = stat(path, &st) == 0 && S_ISSOCK(st.st_mode);
    enum rc rc = is_socket ? signer_connect(d->cx, path, &s) : open_as_owner(d->cx, path, &s);
    if (rc == E_BUSY) rc = signer_connect(d->cx, own, &s); /* a server runs, and has it */
    if (rc == OK)
        fine("signer", is_socket ? "answers on its socket" : str_visible(d->cx, str_from(path)));
    else
        amiss(d, "signer", d->cx->message,
              rc == E_NOTFOUND ? "say where it is by --signer; without it no head is signed"
                               : "the key is for its owner alone (mode 600), or the signer does not run");
    signer_close(s);
}

static void look_at_certificate(struct doctor *d)
{
    int64_t end, now = time_now();
    char at[32];
    const char *file = d->cert ? d->cert : arena_printf(&d->cx->arena, "%s/tls/cert.pem", d->data.dir).p;
    enum rc rc = certificate_end(d->cx, file, &end);
    if (rc == E_NOTFOUND && !d->cert)
        fine("certificate", "made by the first `sinetti serve`");
    else if (rc != OK)
        amiss(d, "certificate", d->cx->message, "give the certificate in PEM by --tls-cert");
    else if (end < now + EARLY)
        amiss(d, "certificate",
              arena_printf(&d->cx->arena, "%s %s",
                           end < now ? "it has ended:" : "it ends soon:", time_format_date(end, at))
                  .p,
              d->cert ? "renew it, then send SIGHUP to the server" : "start the server again: it makes a new one");
    else
        fine("certificate", arena_printf(&d->cx->arena, "until %s", time_format_date(end, at)).p);
}

static enum rc take(struct ctx *cx, void *arguments, int code, const char *value)
{
    struct doctor *d = arguments;
    (void)cx;
    if (code == OPTION_DATA) d->data.dir = value;
    if (code == OPTION_SIGNER) d->data.signer_dir = value;
    if (code == OPTION_CERT) d->cert = value;
    return OK;
}

int cli_doctor(int argc, char **argv)
{
    struct ctx cx;
    struct doctor d = {.cx = &cx};
    ctx_init(&cx);
    int out = common_parse(&cx, argc, argv, table, help, take, &d);
    if (out < 0 && argc > optind) {
        (void)fail(&cx, E_INVALID, "doctor takes options only");
        out = common_wrong(&cx, "doctor");
    }
    if (out < 0) {
        data_find(&cx, &d.data);
        look_at_folder(&d);
        look_at_config(&d);
        look_at_log(&d);
        look_at_state(&d);
        look_at_signer(&d);
        look_at_certificate(&d);
        look_at_kernel(&d);
        look_at_limits(&d);
        look_at_programs(&d);
        look_at_libraries(&d);
        if (d.amiss)
            printf("%d amiss\n", d.amiss);
        else
            puts("nothing is amiss");
        out = d.amiss ? EXIT_FAULTS : EXIT_FINE;
    }
    ctx_release(&cx);
    return out;
}
