#pragma once

#include "syncd/duties.h"
#include "syncd/keys_in_folder.h"

/* The duty of keys and settings: opens the PIN (d->pin), puts the signed settings in force over the
 * ini file (d->config), looks into the drop folder for new roots and settings. */
enum err keys_in_duty_open(struct daemon *d, void **ret_self) MUST_USE;
enum install_pace keys_in_duty_step(void *self, int64_t now_ms);
int64_t keys_in_duty_due_ms(const void *self, int64_t now_ms);
void keys_in_duty_close(void *self);

/* Looks into the drop folder now, before a package is taken from it. False: what lies there could
 * not be read or stored, and a package should wait a while for it. */
bool keys_in_duty_look(struct daemon *d, int64_t now_ms);

/* What another source brought (a stick's keys_in_folder_step, a server): told to clients, history
 * and log, and put in force. */
void keys_in_arrived(struct daemon *d, const struct arrivals *arrivals);
