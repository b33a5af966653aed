/*
 * poke: a datagram without content that says "look": from whoever has changed something to who waits for it.
 * One that is lost does no harm, so nothing here fails.
 */
#ifndef BINCARD_BASE_POKE_H
#define BINCARD_BASE_POKE_H

/* A socket at this path, in place of one that is there; -1 when it cannot be made. */
int poke_listen(const char *path);
/* Takes all that has come. */
void poke_drain(int fd);
/* To whoever listens there, if anybody does. Does not wait. */
void poke_send(const char *path);

#endif
