/* A folder of the test's own, removed at its end. */
#ifndef SINETTI_TESTS_UNIT_STORE_FOLDER_H
#define SINETTI_TESTS_UNIT_STORE_FOLDER_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static inline void folder_remove(const char *path)
{
    DIR *dir = opendir(path);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        char *below = NULL;
        struct stat st;
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
        if (asprintf(&below, "%s/%s", path, e->d_name) < 0) break;
        if (lstat(below, &st) == 0 && S_ISDIR(st.st_mode))
            folder_remove(below);
        else
            unlink(below);
        free(below);
    }
    if (dir) closedir(dir);
    rmdir(path);
}

/* NULL when it cannot be made. */
static inline const char *folder_make(char out[256])
{
    const char *tmp = getenv("TMPDIR");
    snprintf(out, 256, "%s/sinetti-test-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    return mkdtemp(out);
}

#endif
