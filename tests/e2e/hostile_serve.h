#pragma once

/* A web server that misbehaves, for tests on the loopback. The first step of a path says how, the
 * rest is a file of the folder: /ok/latest.gkh is served as it should be; the others are listed in
 * hostile_serve.c. Every connection has a process of its own, which ends with its parent. */

/* A listening socket on 127.0.0.1; *ret_port its number. -1: not possible. */
int hostile_listen(int *ret_port);
/* Serves for ever; folder must not end in '/'. */
_Noreturn void hostile_serve(int listen_fd, const char *folder);
