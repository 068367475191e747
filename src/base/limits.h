/* Every ceiling of the program, in one list. Bytes unless the name says otherwise. */
#ifndef SINETTI_BASE_LIMITS_H
#define SINETTI_BASE_LIMITS_H

#define KIB 1024ULL
#define MIB (1024ULL * KIB)

/* base */
#define LIMIT_BUF (256 * MIB)      /* one growable buffer, unless its owner sets less */
#define LIMIT_JSON_DEPTH 32        /* levels */
#define LIMIT_PATTERN 1024         /* text of one pattern of a schema */
#define LIMIT_PATTERN_STEPS 100000 /* steps of one match */
#define LIMIT_PATTERN_HEAP (4 * MIB)
#define LIMIT_CSV_ROW (1 * MIB)
#define LIMIT_CSV_COLUMNS 512 /* cells of a row */

/* cli */
#define LIMIT_CONFIG (64 * KIB) /* DIR/config */
#define LIMIT_CHUNK 256         /* facts of a batch in one transaction */
#define LIMIT_CONNECTIONS 64    /* to a witness at a time */
#define LIMIT_CONNECTION_SECONDS 60
#define LIMIT_SILENCE_SECONDS 10

/* http */
#define LIMIT_HTTP_TARGET (4 * KIB)
#define LIMIT_HTTP_HEADERS 64        /* of one request */
#define LIMIT_HTTP_HEAD (32 * KIB)   /* request line and headers together; memory of a connection */
#define LIMIT_HTTP_BODIES (64 * MIB) /* of all requests that are being received */
#define LIMIT_HTTP_CONNECTIONS 4096
#define LIMIT_HTTP_OF_ADDRESS 256     /* connections of one address, of IPv6 of one /64 */
#define LIMIT_HTTP_IDLE_SECONDS 60    /* between requests, and for headers and TLS to come whole */
#define LIMIT_HTTP_MOVING_SECONDS 30  /* for a body to come, an answer to be taken, and … */
#define LIMIT_HTTP_PACE (4 * KIB)     /* … a second more for each so many bytes */
#define LIMIT_HTTP_STREAM_SECONDS 600 /* a stream whose client takes nothing for so long is cut */

/* serve */
#define LIMIT_SERVE_FRAME (64 * KIB)    /* one message between web and worker; longer ones go in parts */
#define LIMIT_SERVE_MESSAGE (32 * MIB)  /* all parts of one */
#define LIMIT_SERVE_FORWARDED 256       /* requests that wait for worker at a time */
#define LIMIT_SERVE_SECONDS 120         /* for worker to answer one */
#define LIMIT_SERVE_FILES 32            /* bodies that are being taken into files at a time … */
#define LIMIT_SERVE_FILES_OF_ONE 8      /* … of one credential */
#define LIMIT_SERVE_GIT 24              /* gits that serve clones and pushes over HTTPS at a time … */
#define LIMIT_SERVE_GIT_OF_ONE 8        /* … of one credential */
#define LIMIT_SERVE_GIT_SECONDS 14400   /* for one of them, the client's time included … */
#define LIMIT_SERVE_GIT_STUCK 300       /* … and so long without taking or giving a byte while a body comes */
#define LIMIT_SERVE_GIT_ASKS (64 * MIB) /* what a fetch says it wants and has, unpacked */
#define LIMIT_SERVE_SPARE (256 * MIB)   /* left free on the disk by what is received */

/* files */
#define LIMIT_ATTACHMENT (100 * MIB)
#define LIMIT_FILE_NAME 255 /* as sent, UTF-8 */

/* records */
#define LIMIT_RECORD_TITLE 400
#define LIMIT_RECORD_TEXT 4096
#define LIMIT_RECORD_MARKDOWN 65536
#define LIMIT_RECORD_CONTENT (512 * KIB)
#define LIMIT_RECORD_VALUES 100 /* of one field */
#define LIMIT_RECORD_FILES 200  /* of one item */
#define LIMIT_RECORD_ROWS 500   /* of a table */
#define LIMIT_RECORD_SHOWS 200  /* points */
#define LIMIT_RECORD_FAULTS 100 /* told of one item */

/* exchange */
#define LIMIT_IMPORT_FILE (256 * MIB)
#define LIMIT_IMPORT_ROWS 200000
#define LIMIT_IMPORT_REPORT (8 * MIB)
#define LIMIT_IMPORT_FAULTS 1000       /* told of one file; all are counted */
#define LIMIT_IMPORT_SHOWN 200         /* rows of which it is told what they would change */
#define LIMIT_IMPORT_VALUE 300         /* bytes of a value that is shown */
#define LIMIT_LIBRARIES 100            /* of others, imported on pages */
#define LIMIT_LIBRARY_PART (128 * KIB) /* of a library's text in one fact */
#define LIMIT_LIBRARY_CHANGES 500      /* told of one import; all are counted */

/* metrics */
#define LIMIT_RECOUNT_ROWS 500 /* figures that differ, that are told; all are counted */
#define LIMIT_RECOUNT_REPORT MIB
#define LIMIT_RECOUNT_DAYS 3660

/* evidence */
#define LIMIT_EVIDENCE (256 * MIB)        /* one report */
#define LIMIT_EVIDENCE_READ (64 * MIB)    /* so long one may be to be read again, line by line, at a gate */
#define LIMIT_EVIDENCE_ENVELOPE (4 * MIB) /* a signed statement, which is held whole */
#define LIMIT_EVIDENCE_DEPTH 64           /* levels */
#define LIMIT_EVIDENCE_TAG (1 * MIB)      /* one tag or comment of XML */
#define LIMIT_EVIDENCE_NAMES 4096         /* different names of elements and attributes of XML */
#define LIMIT_EVIDENCE_RULES 16384        /* rules a SARIF file tells the levels of */
#define LIMIT_EVIDENCE_FINDINGS 200000    /* compared at a gate */

/* jobs */
#define LIMIT_JOBS_WAITING 10000 /* at a time */
#define LIMIT_JOB_TRIES 3        /* that ended without a word */
#define LIMIT_JOB_TEXT 500       /* of a step or a message; longer ones are cut */
#define LIMIT_JOBS_AT_ONCE 2
#define LIMIT_JOB_SECONDS (4 * 3600)   /* then it is ended */
#define LIMIT_JOB_WATCHERS 1000        /* streams of events at a time */
#define LIMIT_FETCH_FILE (32ULL << 30) /* one file that git writes while it fetches */
#define LIMIT_JOBS_KEPT 10000          /* ended ones that are still told of */

/* catalog */
#define LIMIT_CATALOG_FILE (1 * MIB)
#define LIMIT_CATALOG_IMAGE (16 * MIB)
#define LIMIT_CATALOG_ENTRIES 4096 /* files in one folder of a catalog */
#define LIMIT_SCHEMA_DEPTH 8       /* levels of a payload's schema */

/* yaml (catalog files and other people's CI files) */
#define LIMIT_YAML_FILE (512 * KIB)
#define LIMIT_YAML_DEPTH 64        /* levels */
#define LIMIT_YAML_NODES 200000    /* events */
#define LIMIT_YAML_LARGE (8 * MIB) /* a library of frameworks that is imported */
#define LIMIT_YAML_LARGE_NODES 1000000
#define LIMIT_YAML_RUN 1000 /* white space in a row, a tag, a directive: time grows with their square */

/* git */
#define LIMIT_BLOB_SCAN (4 * MIB)  /* larger blobs are counted and named, not read */
#define LIMIT_LINE_SCAN (64 * KIB) /* longer lines are skipped by the scanner */
#define LIMIT_COMMIT_MESSAGE (64 * KIB)
#define LIMIT_COMMENTED_FILE (8 * MIB) /* a file that comments on lines are taken of */
#define LIMIT_PATH (4 * KIB)
#define LIMIT_TRAILERS 256 /* trailers kept of one commit */
#define LIMIT_GIT_CONFIG (1 * MIB)
#define LIMIT_GIT_REFS 1000000            /* refs of one repository */
#define LIMIT_GIT_REFS_FILE (64 * MIB)    /* packed-refs, shallow */
#define LIMIT_GIT_REFS_DEPTH 64           /* folders below refs/ */
#define LIMIT_GIT_INDEX (512 * MIB)       /* index and shared index together */
#define LIMIT_GIT_COMMITS 4000000         /* commits of one walk */
#define LIMIT_GIT_HEADER (1 * MIB)        /* header of one commit or tag; parents beyond it make it unreadable */
#define LIMIT_GIT_CHANGES 200000          /* changed paths given of one commit */
#define LIMIT_GIT_ENTRIES 1000000         /* files of one tree */
#define LIMIT_GIT_RESTARTS 1000           /* deaths of git on damaged objects; further objects count as missing */
#define LIMIT_GIT_CPU_SECONDS 600         /* of one child */
#define LIMIT_GIT_MEMORY (2048 * MIB)     /* private memory of one child */
#define LIMIT_GIT_DIFF_MEMORY (768 * MIB) /* so of one that compares: it keeps all changed paths */
#define LIMIT_PUSH_PACK (2048LL * MIB)    /* a pack that is pushed, and a file git writes in a hosted repository */
#define LIMIT_PUSH_FILE (256 * MIB)       /* a file that a push brings, unpacked … */
#define LIMIT_PUSH_UNPACKED (8192 * MIB)  /* … and all of them together */
#define LIMIT_GIT_WRITTEN (64 * KIB)      /* file a child may write: its complaints */

/* observe */
#define LIMIT_PERSON 256 /* a name or an address; longer ones are cut */
#define LIMIT_MAILMAP (1 * MIB)
#define LIMIT_SAME_CONTENT 64 /* paths of one content that are scanned, when it is longer than … */
#define LIMIT_SAME_BYTES (16 * KIB)
#define LIMIT_CHANGES 3000000      /* changed paths kept of a period; commits are counted whole */
#define LIMIT_CODEOWNERS (3 * MIB) /* GitHub ignores a larger file; we say so */
#define LIMIT_CODEOWNERS_LINES 100000
#define LIMIT_CODEOWNERS_WORK 20000000 /* pattern comparisons; files beyond them stay undecided, and we say so */
#define LIMIT_CONTENT_ROWS 500000      /* rows kept of one file */
#define LIMIT_DOCUMENT (512 * KIB)     /* longer documents are read so far */
#define LIMIT_CHANGELOG_ENTRIES 5000
#define LIMIT_CI_COMMANDS 20000 /* shell commands looked at of one file */

/* ledger (docs/formats/ledger.md: these are part of the format) */
#define LIMIT_BODY (1 * MIB) /* a fact's body, before and after it is made canonical */
#define LIMIT_BODY_DEPTH 32  /* levels of objects and arrays */
#define LIMIT_BODY_KEY 64
#define LIMIT_KIND 40
#define LIMIT_SUBJECT (4 * KIB)
#define LIMIT_LEAF 512
#define LIMIT_ORIGIN 255
#define LIMIT_NOTE (256 * KIB)
#define LIMIT_NOTE_SIGNATURES 64
#define LIMIT_NOTE_NAME 255                          /* name of a key */
#define LIMIT_PROOF (2 * MIB)                        /* a tlog-proof */
#define LIMIT_ENTRIES (256 * (2 + LIMIT_LEAF))       /* an entry bundle */
#define LIMIT_BODIES (256 * (4 + 16 + LIMIT_BODY))   /* a body bundle */
#define LIMIT_SHARED_BATCH (400 * MIB)               /* of facts in one transaction of PostgreSQL */
#define LIMIT_SHARED_ENOUGH (8 * MIB)                /* then no further request is taken into it */
#define LIMIT_SHARED_KEPT (16 * MIB)                 /* memory kept from one to the next */
#define LIMIT_SHARED_STEP 10000                      /* facts of another server put into ledger.db in one transaction */
#define LIMIT_WITNESS_REQUEST (LIMIT_NOTE + 4 * KIB) /* a note, and 63 hashes before it */
#define LIMIT_WITNESS_LOGS 1000                      /* keys of logs that one witness knows */
#define LIMIT_WITNESS_FILE (1 * MIB)                 /* the file of them */
#define LIMIT_WITNESSES 16                           /* asked by one ledger */
#define LIMIT_FACTS ((1ULL << 53) - 1)
#define LIMIT_FATES (1 * MIB) /* of verify, in memory: enough for four million facts; more go to a file */
#define LIMIT_HANDOVERS 1000  /* shown of one ledger; all are checked */

/* facts */
#define LIMIT_PROJECT_STEPS 100000000ULL /* steps of SQLite's machine for one statement of a kind, one fact */
#define LIMIT_PROJECT_SECONDS 5          /* or so long */
#define LIMIT_PROJECT_MEMORY (64 * MIB)  /* or so much more of SQLite's memory */
#define LIMIT_PROJECT_VALUE (4 * MIB)    /* one text or row */
#define LIMIT_REQUEST_KEY 200            /* an idempotency key */
#define LIMIT_CLOCK_AHEAD 86400          /* seconds after the last fact, then somebody must confirm the clock */

/* identity */
#define LIMIT_WEBAUTHN_CLIENT (4 * KIB)       /* client data of a passkey */
#define LIMIT_WEBAUTHN_ATTESTATION (32 * KIB) /* its attestation object, and its authenticator data */
#define LIMIT_OIDC_ADDRESS (2 * KIB)
#define LIMIT_OIDC_DOCUMENT (256 * KIB) /* anything fetched from a server somebody signs in at */
#define LIMIT_OIDC_SECONDS 10           /* in all, for one of them */
#define LIMIT_OIDC_SUBJECT 255          /* OpenID Connect Core, section 2 */

/* api */
#define LIMIT_FINDINGS_LOOKED_AT 4000 /* by one page of the list */
#define LIMIT_PARTICIPANTS 100        /* of one task */
#define LIMIT_TASK_PART (1 * MIB)     /* of one point: its waivers, or its findings … */
#define LIMIT_EVENTS_LOOKED_AT 5000   /* by one page of the audit log */
#define LIMIT_EVENTS_SEARCHED 2000    /* so with a text, bodies are read */

/* mail, hooks, notices */
#define LIMIT_MAIL_SECONDS 60        /* for one message to be handed over */
#define LIMIT_MAIL_MESSAGE (2 * MIB) /* as it goes out */
#define LIMIT_MAIL_WAITING 20000     /* messages in the queue */
#define LIMIT_HOOKS 50               /* webhooks */
#define LIMIT_HOOK_SECONDS 15        /* for a receiver to answer */
#define LIMIT_HOOK_URL 2048
#define LIMIT_HOOK_PAYLOAD (64 * KIB)
#define LIMIT_HOOK_WAITING 20000 /* deliveries in the queue */
#define LIMIT_NOTICES 500        /* things that wait for one person */

/* rules and reports */
#define LIMIT_FINDINGS 1000            /* kept per obligation; the full count is kept beside them */
#define LIMIT_SHOWN 3                  /* examples kept of what shows a point to be met */
#define LIMIT_MESSAGE (2 * KIB)        /* one rendered message */
#define LIMIT_RULE_STEPS 4000000000ULL /* steps of SQLite's machine one rule may take */
#define LIMIT_RULE_SECONDS 120         /* or so long */
#define LIMIT_RULE_MEMORY (256 * MIB)  /* or so much more of SQLite's memory */
#define LIMIT_RULE_VALUE (1 * MIB)     /* one text a rule makes */
#define LIMIT_RULE_SUBJECTS 5000000    /* different subjects one rule returns */
#define LIMIT_COLUMN 120               /* characters of a column shown in a message; of a path: */
#define LIMIT_COLUMN_PATH 200
#define LIMIT_COLUMN_WORDS 600  /* … of what a rule itself puts into words */
#define LIMIT_REPORT (64 * MIB) /* a kept report; what a larger one says is not read again */
#define LIMIT_BASELINE (16 * MIB)
#define LIMIT_SAVED_VIEWS 100 /* of one person */
#define LIMIT_BASELINE_ENTRIES 100000
#define LIMIT_CASE_ROWS 2000    /* rows of a rule's case */
#define LIMIT_HITS_PER_BLOB 200 /* scanner hits kept of one blob */

#endif
