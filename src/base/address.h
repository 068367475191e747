/* Which addresses the server goes to when somebody has named a host: else whoever names one makes it knock at doors
 * inside, for which it has the keys and they have not. To be asked of what a name has led to, not of the name. Pure. */
#ifndef SINETTI_BASE_ADDRESS_H
#define SINETTI_BASE_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/* `inside`: private networks and this machine too. Link-local addresses, where clouds keep their metadata, and what is
 * for multicast, documentation or protocols (IANA's special-purpose registries, RFC 6890): never. */
bool address_may_reach(const struct sockaddr *a, bool inside);

#endif
