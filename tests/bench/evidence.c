/* How fast reports are read: a made file of each kind, of so many MiB, read as evidence is.
 * usage: bench_evidence [MIB]      MIB of each file (64); the median of five rounds */
#include "evidence/evidence.h"
#include "base/file.h"
#include "base/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 5

static const struct made {
    const char *name, *head, *body, *foot;
} kinds[] = {
    {"junit", "<testsuites><testsuite name=\"all\">\n",
     "  <testcase classname=\"org.example.shop.OrderTest\" name=\"takesAnOrder%d\" time=\"0.012\"/>\n",
     "</testsuite></testsuites>\n"},
    {"sarif",
     "{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"x\",\"rules\":[{\"id\":\"R1\"}]}},\"results\":"
     "[{\"ruleId\":"
     "\"R1\"}\n",
     ",{\"ruleId\":\"R1\",\"ruleIndex\":0,\"level\":\"warning\",\"message\":{\"text\":\"The value of number %d is "
     "never read "
     "again.\"},\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"src/shop/order.c\",\"uriBaseId\":"
     "\"%%SRCROOT%%\"},\"region\":{\"startLine\":12,\"startColumn\":5,\"endColumn\":19}}}],\"partialFingerprints\":{"
     "\"primaryLocationLineHash\":\"39fa2ee980eb94b0:1\"}}\n",
     "]}]}\n"},
    {"cyclonedx", "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":[{}\n",
     ",{\"type\":\"library\",\"bom-ref\":\"pkg:npm/"
     "thing@1.0.%d\",\"name\":\"thing\",\"version\":\"1.0.0\",\"hashes\":[{\"alg\":"
     "\"SHA-256\",\"content\":\"6b51d431df5d7f141cbececcf79edf3dd861c3b4069f0b11661a3eefacbba918\"}],\"licenses\":[{"
     "\"license\":{\"id\":\"MIT\"}}]}\n",
     "]}\n"},
    {"lcov", "TN:\nSF:src/shop/order.c\n", "DA:%d,12\n", "end_of_record\n"},
    {"cobertura", "<coverage line-rate=\"1\"><packages><package><classes><class filename=\"src/order.c\"><lines>\n",
     "<line number=\"%d\" hits=\"1\" branch=\"false\"/>\n",
     "</lines></class></classes></package></packages></coverage>\n"},
};

static int make(const struct made *m, uint64_t bytes)
{
    int fd = memfd_create("evidence", MFD_CLOEXEC);
    FILE *file = fd < 0 ? NULL : fdopen(dup(fd), "w");
    if (!file) exit(4);
    (void)fputs(m->head, file);
    for (int i = 1; (uint64_t)ftell(file) < bytes; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        for (int k = 0; k < 100; k++) (void)fprintf(file, m->body, i * 100 + k);
#pragma GCC diagnostic pop
    }
    (void)fputs(m->foot, file);
    (void)fclose(file);
    return fd;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    uint64_t bytes = (argc > 1 ? strtoull(argv[1], NULL, 10) : 64) * MIB;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        double rates[ROUNDS];
        int fd = make(&kinds[i], bytes);
        off_t size = lseek(fd, 0, SEEK_END);
        for (int r = 0; r < ROUNDS; r++) {
            struct ctx cx;
            struct evidence e;
            struct timespec from, to;
            ctx_init(&cx);
            clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
            if (evidence_read(&cx, NULL, fd, NULL, &e) != OK) {
                fprintf(stderr, "bench_evidence: %s: %s\n", kinds[i].name, cx.message);
                return 4;
            }
            clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
            double seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
            rates[r] = (double)size / 1e6 / seconds;
            ctx_release(&cx);
        }
        qsort(rates, ROUNDS, sizeof *rates, by_size);
        printf("%-10s %6.0f MB/s\n", kinds[i].name, rates[ROUNDS / 2]);
        (void)close(fd);
    }
    return 0;
}
