/* SPDX-License-Identifier: MIT */
/* Connections that a child process carries: `ssh HOST docker system
 * dial-stdio` speaks the engine's protocol on its standard input and output.
 *
 * A dialer listens on a unix socket that only this user can open, and starts a
 * child for each connection to it; so everything that can talk to a socket can
 * talk through a child.  (Handing libcurl one end of a socket pair would do
 * without a socket in the file system, but 7.88 connects what is connected.)
 *
 * One dialer serves one engine; its functions may be called from any thread. */
#ifndef CIRRUS_SDK_DIAL_H
#define CIRRUS_SDK_DIAL_H

#include "base/buf.h"

struct dialer;

/* Copies argv.  A dialer that cannot listen is a dialer all the same: nothing
 * connects, and dial_complaint says why. */
struct dialer *dialer_new(const char *const *argv);
/* Ends every child that is left. */
void dialer_free(struct dialer *d);

const char *dialer_path(const struct dialer *d); /* of the socket */

/* What the children had to say on their standard error last, such as "Host key
 * verification failed."; nothing is added if nothing was said.  For the message
 * of a connection that failed. */
void dial_complaint(struct dialer *d, struct buf *out);

#endif
