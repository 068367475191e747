/* The facts' views that say what an organization has made its own, as empty tables. */
#ifndef TESTS_RULES_FACT_TABLES_H
#define TESTS_RULES_FACT_TABLES_H

#include "catalog/catalog.h"

#define FACT_TABLES                                                                                                    \
    "CREATE TABLE fact_organization (preset TEXT);"                                                                    \
    "CREATE TABLE fact_task (subject TEXT, priority TEXT);"                                                            \
    "CREATE TABLE fact_repository (n INTEGER, subject TEXT, name TEXT, project TEXT, state TEXT);"                     \
    "CREATE TABLE fact_adoption (n INTEGER, subject TEXT, adopted INTEGER, project TEXT);"                             \
    "CREATE TABLE fact_policy (n INTEGER, subject TEXT, tolerance INTEGER, effective_at INTEGER, project TEXT);"       \
    "CREATE TABLE fact_applicability (n INTEGER, subject TEXT, until INTEGER, withdrawn INTEGER, project TEXT);"       \
    "CREATE TABLE fact_waiver (n INTEGER, subject TEXT, about TEXT, until INTEGER, withdrawn INTEGER);"                \
    "CREATE TABLE fact_treatment (n INTEGER, subject TEXT, about TEXT, checked_at INTEGER);"                           \
    "CREATE TABLE fact_verdicts (n INTEGER, subject TEXT, at INTEGER, catalog TEXT, via TEXT DEFAULT 'probe');"        \
    "CREATE TABLE fact_verdicts_points (n INTEGER, obligation TEXT, verdict TEXT, assurance TEXT, scope INTEGER,"      \
    " judged INTEGER, failing INTEGER, adopted INTEGER, due INTEGER);"                                                 \
    "CREATE TABLE fact_record (n INTEGER, subject TEXT);"                                                              \
    "CREATE TABLE fact_record_shows (n INTEGER, value TEXT, subject TEXT);"                                            \
    "CREATE TABLE fact_step_last (n INTEGER, at INTEGER, subject TEXT, phase TEXT, review_due INTEGER);"               \
    "CREATE TABLE fact_verdicts_priorities (n INTEGER, task TEXT, priority TEXT);"

/* Without them a catalog reads no more than the tables above. */
static inline void forget_rules_over_the_organization(struct catalog *c)
{
    for (size_t i = 0; i < c->n_tasks; i++)
        for (size_t k = 0; k < c->tasks[i].n_obligations; k++)
            ((struct catalog_obligation *)&c->tasks[i].obligations[k])->org.sql.n = 0;
}

#endif
