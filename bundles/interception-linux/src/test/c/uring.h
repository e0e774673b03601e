#ifndef URING_H
#define URING_H

#include <sys/socket.h>

enum uring_way { URING_INLINE = 1, URING_WORKER, URING_POLLED };

/* As connect(), with errno ENOSYS or EPERM also when io_uring itself is not to be had. */
int uring_connect(int fd, const struct sockaddr *address, socklen_t length, enum uring_way way);

#endif
