#include "serve/prepare.h"

#include "ledger/signer_wire.h"
#include "serve/certificate.h"
#include "serve/folder.h"
#include "serve/local.h"
#include "serve/signer.h"
#include "standing/standing.h"
#include "store/config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static enum rc open_log(struct ctx *cx, struct serve *s)
{
    const char *path = s->o->access_log;
    if (!path) return OK;
    s->log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640);
    return s->log >= 0 ? OK : fail(cx, E_IO, "%s: cannot write: %s", str_visible(cx, str_from(path)), strerror(errno));
}

static void keep_vkey(struct ctx *cx, struct serve *s, const struct signer *signer)
{
    scoped_buf text;
    buf_init(&text, 0);
    note_key_put(&text, signer_key(signer));
    s->vkey = arena_str(&cx->arena, buf_view(&text));
}

/* There before web gives up its rights, which name files. */
static enum rc prepare_derived(struct ctx *cx, const struct serve *s)
{
    struct keeper *k;
    const struct keeper_options o = {.catalog = s->catalog};
    TRY(keeper_open(cx, s->o->dir, &o, &k));
    keeper_close(k);
    return OK;
}

static enum rc prepare_signer(struct ctx *cx, struct serve *s)
{
    struct stat st;
    struct signer *signer;
    s->signer_socket = s->o->signer;
    if (stat(s->o->signer, &st) == 0 && S_ISSOCK(st.st_mode)) {
        if (signer_connect(cx, s->o->signer, &signer) != OK) return OK; /* it may come later */
        keep_vkey(cx, s, signer);
        signer_close(signer);
        return OK;
    }
    TRY(rights_borrow(cx, &s->signer_rights));
    enum rc rc = signer_open(cx, s->o->signer, &signer); /* nobody else holds it */
    if (rights_return(cx, &s->signer_rights) != OK && rc == OK) rc = E_IO;
    TRY(rc);
    keep_vkey(cx, s, signer);
    s->signer_socket = arena_printf(&cx->arena, "%s/signer.sock", s->o->dir).p;
    rc = local_listen(cx, s->signer_socket, false, &s->signer);
    signer_close(signer);
    /* the owner of the data asks; who asks is looked at each time */
    if (rc == OK && s->rights.changes && chown(s->signer_socket, s->rights.uid, s->rights.gid) != 0)
        rc = fail(cx, E_IO, "%s: %s", str_visible(cx, str_from(s->signer_socket)), strerror(errno));
    return rc;
}

/* As many connections as we would take. */
static void raise_descriptors(void)
{
    struct rlimit most;
    if (getrlimit(RLIMIT_NOFILE, &most) != 0) return;
    most.rlim_cur = most.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &most);
}

/* What is made is the folder's owner's. */
static enum rc prepare_folder(struct ctx *cx, struct serve *s)
{
    struct config config;
    TRY(config_read(cx, s->o->dir, &config));
    TRY(folder_lock(cx, s->o->dir, &s->lock));
    TRY(folder_migrate(cx, s->o->dir)); /* as it must be before web, which cannot change it, opens it */
    TRY(prepare_derived(cx, s));
    bool renewed;
    return s->o->plain || s->o->cert ? OK : certificate_prepare(cx, s->o->dir, &renewed);
}

/* Of servers that share a log one has the signer. */
static enum rc signer_is_elsewhere(struct ctx *cx, const struct serve *s, bool *out)
{
    struct config config;
    struct stat st;
    TRY(config_read(cx, s->o->dir, &config));
    *out = config_log_is_shared(&config) && stat(s->o->signer, &st) != 0 && errno == ENOENT;
    if (*out) serve_tell("supervisor", "notice", "there is no signer here: another server signs the heads");
    return OK;
}

enum rc prepare(struct ctx *cx, struct serve *s)
{
    bool elsewhere;
    raise_descriptors();
    TRY(signer_is_elsewhere(cx, s, &elsewhere));
    if (!elsewhere) TRY(rights_of(cx, s->o->signer, &s->signer_rights));
    TRY(open_log(cx, s));
    TRY(s->o->catalog ? catalog_load(cx, s->o->catalog, &s->catalog) : catalog_builtin(cx, &s->catalog));
    TRY(rights_borrow(cx, &s->rights));
    enum rc rc = prepare_folder(cx, s);
    TRY(rights_return(cx, &s->rights));
    TRY(rc);
    return elsewhere ? OK : prepare_signer(cx, s);
}

enum rc prepare_again(struct ctx *cx, struct serve *s, bool *renewed)
{
    *renewed = false;
    if (s->o->plain || s->o->cert) return OK;
    TRY(rights_borrow(cx, &s->rights));
    enum rc rc = certificate_prepare(cx, s->o->dir, renewed);
    TRY(rights_return(cx, &s->rights));
    return rc;
}
