/* What a child of ours may do: Landlock where the kernel has it, limits and no new privileges everywhere. */
#ifndef SINETTI_GIT_CONFINE_H
#define SINETTI_GIT_CONFINE_H

#include <stdint.h>

/* A Landlock ruleset: reading anywhere, writing only below `dir`, executing only `program` and the system's libraries
 * (so no shell, no hook, no filter), no TCP. -1 where the kernel cannot. */
int confine_open(const char *dir, const char *program);

/* In the child between vfork() and execve(): only system calls. ruleset may be -1. memory: bytes of private memory;
 * written: of one file it writes. false: it must not go on. */
int confine_self(int ruleset, uint64_t memory, uint64_t written);

#endif
