// Connects by io_uring, without a library: inline, by a worker thread, or by the kernel's polling thread.
#define _GNU_SOURCE
#include "uring.h"
#include <errno.h>
#include <linux/io_uring.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static unsigned int *field(void *ring, unsigned int offset)
{
	return (unsigned int *)((char *)ring + offset);
}

int uring_connect(int fd, const struct sockaddr *address, socklen_t length, enum uring_way way)
{
	struct io_uring_params params = { .flags = way == URING_POLLED ? IORING_SETUP_SQPOLL : 0, .sq_thread_idle = 1000 };
	int ring = syscall(__NR_io_uring_setup, 4, &params);
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqe;
	void *submissions, *completions;
	unsigned int flags = IORING_ENTER_GETEVENTS;

	if (ring < 0)
		return -1;
	submissions = mmap(NULL, params.sq_off.array + params.sq_entries * sizeof(unsigned int), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQ_RING);
	completions = mmap(NULL, params.cq_off.cqes + params.cq_entries * sizeof(*cqe), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_CQ_RING);
	sqes = mmap(NULL, params.sq_entries * sizeof(*sqes), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring,
		    IORING_OFF_SQES);
	if (submissions == MAP_FAILED || completions == MAP_FAILED || sqes == MAP_FAILED)
		return -1;
	memset(&sqes[0], 0, sizeof(sqes[0]));
	sqes[0].opcode = IORING_OP_CONNECT;
	sqes[0].flags = way == URING_WORKER ? IOSQE_ASYNC : 0;
	sqes[0].fd = fd;
	sqes[0].addr = (unsigned long)address;
	sqes[0].off = length;
	field(submissions, params.sq_off.array)[0] = 0;
	__atomic_store_n(field(submissions, params.sq_off.tail), 1, __ATOMIC_SEQ_CST);
	if (way == URING_POLLED)
		flags |= IORING_ENTER_SQ_WAKEUP;
	if (syscall(__NR_io_uring_enter, ring, way == URING_POLLED ? 0 : 1, 1, flags, NULL, 0) < 0)
		return -1;
	cqe = (struct io_uring_cqe *)((char *)completions + params.cq_off.cqes);
	close(ring);
	errno = -cqe->res;
	return cqe->res < 0 ? -1 : 0;
}
