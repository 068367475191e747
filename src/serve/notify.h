/* Telling the service manager how it goes (sd_notify(3)'s protocol; nothing when it does not ask). Pure but for the
 * socket. */
#ifndef SINETTI_SERVE_NOTIFY_H
#define SINETTI_SERVE_NOTIFY_H

/* "READY=1", "STOPPING=1", "STATUS=…". */
void notify(const char *text);

#endif
