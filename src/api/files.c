/* Attachments: handed in, and had again by who may read the item that names them. */
#include "files/files.h"
#include "api/item.h"
#include "base/digest.h"

API_OPERATION(files_add)
{
    const struct http_file *f = call->file;
    struct files_upload u = {.person = call->who.person, .name = api_value(call, "name"), .at = call->now};
    char hex[65];
    const char *type;
    struct json *j = &call->out;
    TRY(files_check_name(cx, u.name));
    TRY(files_recognize(cx, f->fd, f->size, u.name, &type));
    digest_hex(f->sha256, sizeof f->sha256, hex);
    u.digest = str_from(hex);
    u.type = str_from(type);
    u.size = (int64_t)f->size;
    TRY(files_add(cx, call->state, call->dir, f->path, &u));
    json_begin(j, '{');
    json_put_str(j, "digest", u.digest);
    json_put_str(j, "name", u.name);
    json_put_str(j, "type", u.type);
    json_put_int(j, "size", u.size);
    api_put_time(j, "received", u.at);
    json_end(j, '}');
    return OK;
}

#define NAMED "SELECT name, type FROM fact_record_files WHERE subject = ?1 AND digest = ?2 ORDER BY n DESC LIMIT 1"

API_OPERATION(items_file)
{
    struct records_item item;
    struct str digest = api_value(call, "digest");
    scoped_stmt *st = NULL;
    bool row;
    int fd;
    TRY(item_read(cx, call, call->ledger, &item));
    TRY(store_prepare(cx, call->ledger, STR(NAMED), &st));
    store_bind_str(st, 1, item.subject);
    store_bind_str(st, 2, digest);
    TRY(store_step(cx, st, &row));
    if (!row)
        return api_fail(cx, call, E_NOTFOUND, "the item names no such file", "kirjauksessa ei ole sellaista tiedostoa");
    enum rc rc = files_open(cx, call->dir, digest, &fd);
    if (rc == E_NOTFOUND)
        return api_fail(cx, call, rc,
                        "the file is not on this server any more; its name and digest are in the audit log",
                        "tiedostoa ei ole enää tällä palvelimella; sen nimi ja tiiviste ovat tapahtumalokissa");
    TRY(rc);
    api_answer_file(cx, call, fd, store_column_str(st, 0), store_column_str(st, 1), digest);
    return OK;
}
