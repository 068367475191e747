/* Shared libraries that few commands need, opened when they do and not linked: what they bring with them would make
 * every command and every hook of git start milliseconds later. They stay open until the process ends. */
#ifndef SINETTI_BASE_LIBRARY_H
#define SINETTI_BASE_LIBRARY_H

#include <stddef.h>

struct library_symbol {
    const char *name;
    void *slot; /* where its address goes: a pointer to a function */
};

/* Opens `file` ("liboath.so.0") and finds all symbols. NULL when all is there, else the name of what is not. To be
 * called once for each library (pthread_once). */
const char *library_open(const char *file, const struct library_symbol *symbols, size_t n);

/* A struct of pointers to functions, and the table that fills it, from one list of names. */
#define LIBRARY_MEMBER(name) __typeof__(name) *name;

#endif
