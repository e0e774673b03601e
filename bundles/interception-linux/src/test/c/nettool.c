// Clients and a server for the kernel tests, one command each. Prints one line per result; see usage().
#define _GNU_SOURCE
#include "uring.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define REPLY_SIZE 4096

/* For whatever is awaited; short only where it is known not to come. */
static int patience_seconds = 30;

struct options {
	bool six, nonblock, fastopen, fastopen_connect, multipath, show_peer, abort_at_once, by_child;
	const char *bind_address;
	int bind_port;
	int mark;
	int uring;
};

static void usage(void)
{
	fprintf(stderr,
		"nettool serve                               answer 'fabric' on TCP 80, 53, 32526 and UDP 53\n"
		"nettool connect [OPTIONS] ADDRESS PORT      connect, print the reply or the error's name\n"
		"nettool reconnect ADDRESS PORT TO TOPORT    connect, disconnect by AF_UNSPEC, connect elsewhere\n"
		"nettool burst N ADDRESS PORT                N connects one after the other, print how many failed how\n"
		"nettool hold N ADDRESS PORT                 N connects at once, then read all replies\n"
		"nettool late ADDRESS PORT                   connect, wait for a line on stdin, send, print the reply\n"
		"nettool exec-late PROGRAM ADDRESS PORT      connect, then become PROGRAM with the socket as its stdin\n"
		"nettool listen ADDRESS PORT                 bind and listen, print the outcome, answer until stdin ends\n"
		"nettool udp ADDRESS PORT | raw SOURCE ADDRESS PORT | packet DEVICE MAC SOURCE ADDRESS PORT\n"
		"nettool fragment SOURCE ADDRESS PORT LENGTH\n"
		"nettool hammer PROCESSES THREADS COUNT FIRSTUID ADDRESS PORT EXE\n"
		"before the command: --uid N --gid N --as-root-user-namespace --own-network --patience SECONDS\n"
		"OPTIONS: --six --nonblock --fastopen --fastopen-connect --multipath --peer --child --mark N --uring 1|2|3\n"
		"         --bind ADDRESS --port N\n");
	exit(2);
}

static void fail(const char *what)
{
	printf("%s: %s\n", what, strerrorname_np(errno));
	exit(1);
}

static socklen_t address_of(struct sockaddr_storage *out, bool six, const char *text, int port)
{
	struct sockaddr_in *v4 = (void *)out;
	struct sockaddr_in6 *v6 = (void *)out;
	char mapped[64];

	memset(out, 0, sizeof(*out));
	if (!six) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		inet_pton(AF_INET, text, &v4->sin_addr);
		return sizeof(*v4);
	}
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(port);
	snprintf(mapped, sizeof(mapped), "::ffff:%s", text);
	inet_pton(AF_INET6, mapped, &v6->sin6_addr);
	return sizeof(*v6);
}

static void limit_time(int fd)
{
	struct timeval timeout = { .tv_sec = patience_seconds };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
}

static int read_reply(int fd, char *reply)
{
	int length = 0;

	while (length < REPLY_SIZE - 1) {
		int n = recv(fd, reply + length, REPLY_SIZE - 1 - length, 0);

		if (n < 0 && length == 0)
			return -1;
		if (n <= 0)
			break;
		length += n;
	}
	reply[length] = 0;
	reply[strcspn(reply, "\n")] = 0;
	return length;
}

static int wait_connected(int fd)
{
	struct pollfd poll_fd = { fd, POLLOUT, 0 };
	socklen_t length = sizeof(int);
	int error = 0;

	if (poll(&poll_fd, 1, patience_seconds * 1000) != 1) {
		errno = ETIMEDOUT;
		return -1;
	}
	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
	errno = error;
	return error ? -1 : 0;
}

static int open_client(const struct options *o)
{
	int fd = socket(o->six ? AF_INET6 : AF_INET, SOCK_STREAM, o->multipath ? 262 : 0);
	int one = 1;

	if (fd < 0)
		fail("socket");
	limit_time(fd);
	if (o->mark && setsockopt(fd, SOL_SOCKET, SO_MARK, &o->mark, sizeof(o->mark)))
		fail("mark");
	if (o->fastopen_connect)
		setsockopt(fd, IPPROTO_TCP, 30, &one, sizeof(one));
	if (o->bind_address || o->bind_port) {
		struct sockaddr_storage local;
		socklen_t length = address_of(&local, o->six, o->bind_address ? o->bind_address : "0.0.0.0", o->bind_port);

		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
		if (bind(fd, (void *)&local, length))
			fail("bind");
	}
	return fd;
}

static int start_connect(int fd, const struct options *o, const char *address, int port)
{
	struct sockaddr_storage remote;
	socklen_t length = address_of(&remote, o->six, address, port);

	if (o->fastopen)
		return sendto(fd, "hi", 2, MSG_FASTOPEN, (void *)&remote, length) < 0 ? -1 : 0;
	if (o->nonblock)
		fcntl(fd, F_SETFL, O_NONBLOCK);
	if (o->uring)
		return uring_connect(fd, (void *)&remote, length, o->uring);
	if (connect(fd, (void *)&remote, length)) {
		if (errno != EINPROGRESS || !o->nonblock || wait_connected(fd))
			return -1;
	}
	if (o->nonblock)
		fcntl(fd, F_SETFL, 0);
	if (o->fastopen_connect && send(fd, "hi", 2, 0) < 0)
		return -1;
	return 0;
}

static void print_peer(int fd)
{
	struct sockaddr_storage peer;
	socklen_t length = sizeof(peer);
	char text[INET6_ADDRSTRLEN] = "?";
	int port;

	getpeername(fd, (void *)&peer, &length);
	if (peer.ss_family == AF_INET) {
		inet_ntop(AF_INET, &((struct sockaddr_in *)&peer)->sin_addr, text, sizeof(text));
		port = ntohs(((struct sockaddr_in *)&peer)->sin_port);
	} else {
		inet_ntop(AF_INET6, &((struct sockaddr_in6 *)&peer)->sin6_addr, text, sizeof(text));
		port = ntohs(((struct sockaddr_in6 *)&peer)->sin6_port);
	}
	printf("peer=%s port=%d ", text, port);
}

static int cmd_connect(int argc, char **argv)
{
	struct options o = {};
	char reply[REPLY_SIZE];
	int i = 0;
	int fd;

	for (; i < argc && !strncmp(argv[i], "--", 2); i++) {
		if (!strcmp(argv[i], "--six")) o.six = true;
		else if (!strcmp(argv[i], "--nonblock")) o.nonblock = true;
		else if (!strcmp(argv[i], "--fastopen")) o.fastopen = true;
		else if (!strcmp(argv[i], "--fastopen-connect")) o.fastopen_connect = true;
		else if (!strcmp(argv[i], "--multipath")) o.multipath = true;
		else if (!strcmp(argv[i], "--peer")) o.show_peer = true;
		else if (!strcmp(argv[i], "--child")) o.by_child = true;
		else if (!strcmp(argv[i], "--bind")) o.bind_address = argv[++i];
		else if (!strcmp(argv[i], "--port")) o.bind_port = atoi(argv[++i]);
		else if (!strcmp(argv[i], "--uring")) o.uring = atoi(argv[++i]);
		else if (!strcmp(argv[i], "--mark")) o.mark = atoi(argv[++i]);
		else usage();
	}
	if (argc - i != 2)
		usage();
	fd = open_client(&o);
	if (o.by_child && fork()) {
		wait(NULL);
		return 0;
	}
	if (start_connect(fd, &o, argv[i], atoi(argv[i + 1])))
		fail("connect");
	if (o.show_peer)
		print_peer(fd);
	if (read_reply(fd, reply) < 0)
		fail("read");
	printf("pid=%d %s\n", getpid(), reply);
	return 0;
}

static int cmd_reconnect(char **argv)
{
	struct options o = {};
	struct sockaddr nothing = { .sa_family = AF_UNSPEC };
	char reply[REPLY_SIZE];
	int fd = open_client(&o);

	if (start_connect(fd, &o, argv[0], atoi(argv[1])))
		fail("connect");
	if (read_reply(fd, reply) < 0)
		fail("read");
	printf("%s | ", reply);
	if (connect(fd, &nothing, sizeof(nothing)))
		fail("disconnect");
	if (start_connect(fd, &o, argv[2], atoi(argv[3])))
		fail("connect again");
	if (read_reply(fd, reply) < 0)
		fail("read again");
	printf("%s\n", reply);
	return 0;
}

static int cmd_burst(int count, const char *address, int port)
{
	int connected = 0, denied = 0, again = 0, other = 0;

	for (int i = 0; i < count; i++) {
		struct options o = {};
		int fd = open_client(&o);

		if (!start_connect(fd, &o, address, port)) connected++;
		else if (errno == EPERM) denied++;
		else if (errno == EAGAIN) again++;
		else other++;
		close(fd);
	}
	printf("connected=%d EPERM=%d EAGAIN=%d other=%d\n", connected, denied, again, other);
	return 0;
}

static int cmd_hold(int count, const char *address, int port)
{
	int attributed = 0, unattributed = 0, failed = 0;
	int *fds = calloc(count, sizeof(int));

	for (int i = 0; i < count; i++) {
		struct options o = {};

		fds[i] = open_client(&o);
		if (start_connect(fds[i], &o, address, port))
			fail("connect");
	}
	for (int i = 0; i < count; i++) {
		char reply[REPLY_SIZE], own[32];

		snprintf(own, sizeof(own), " tgid=%d ", getpid());
		if (read_reply(fds[i], reply) < 0) failed++;
		else if (!strncmp(reply, "attributed", 10) && strstr(reply, own)) attributed++;
		else if (!strcmp(reply, "unattributed NO_RECORD")) unattributed++;
		else failed++;
	}
	printf("attributed=%d unattributed=%d failed=%d\n", attributed, unattributed, failed);
	return 0;
}

static int cmd_late(const char *address, int port)
{
	struct options o = {};
	char line[16], reply[REPLY_SIZE];
	int fd = open_client(&o);

	if (start_connect(fd, &o, address, port))
		fail("connect");
	printf("connected\n");
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		return 1;
	if (send(fd, "hi", 2, 0) < 0)
		fail("send");
	if (read_reply(fd, reply) < 0)
		fail("read");
	printf("%s\n", reply);
	return 0;
}

static int cmd_exec_late(const char *program, const char *address, int port)
{
	struct options o = {};
	int fd = open_client(&o);

	if (start_connect(fd, &o, address, port))
		fail("connect");
	dup2(fd, 0);
	execl(program, program, NULL);
	fail("exec");
	return 1;
}

static int cmd_listen(const char *address, int port)
{
	bool six = strchr(address, ':');
	struct sockaddr_storage local;
	struct sockaddr_in6 *v6 = (void *)&local;
	socklen_t length = address_of(&local, false, address, port);
	int fd = socket(six ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
	int one = 1;
	char line[16];

	if (six) {
		memset(&local, 0, sizeof(local));
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(port);
		inet_pton(AF_INET6, address, &v6->sin6_addr);
		length = sizeof(*v6);
	}
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (void *)&local, length))
		fail("bind");
	if (listen(fd, 16))
		fail("listen");
	printf("listening\n");
	fflush(stdout);
	return !fgets(line, sizeof(line), stdin);
}

static int cmd_udp(const char *address, int port)
{
	struct sockaddr_storage remote;
	socklen_t length = address_of(&remote, false, address, port);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	char reply[REPLY_SIZE];

	limit_time(fd);
	if (connect(fd, (void *)&remote, length) || send(fd, "hi", 2, 0) < 0)
		fail("send");
	if (read_reply(fd, reply) < 0)
		fail("read");
	printf("%s\n", reply);
	return 0;
}

static unsigned short checksum(const void *data, int length, unsigned int sum)
{
	const unsigned char *bytes = data;

	for (int i = 0; i + 1 < length; i += 2)
		sum += bytes[i] << 8 | bytes[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

/* A SYN without options. */
static void make_syn(struct tcphdr *tcp, in_addr_t source, in_addr_t destination, int port)
{
	unsigned int sum = IPPROTO_TCP + sizeof(*tcp);

	memset(tcp, 0, sizeof(*tcp));
	tcp->source = htons(51515);
	tcp->dest = htons(port);
	tcp->seq = htonl(1);
	tcp->doff = 5;
	tcp->syn = 1;
	tcp->window = htons(1000);
	sum += (ntohl(source) >> 16) + (ntohl(source) & 0xffff);
	sum += (ntohl(destination) >> 16) + (ntohl(destination) & 0xffff);
	tcp->check = checksum(tcp, sizeof(*tcp), sum);
}

static bool is_syn_ack(const unsigned char *packet, int length, int port)
{
	int offset = (packet[0] & 0xf) * 4;
	const struct tcphdr *tcp = (const void *)(packet + offset);

	return length >= offset + (int)sizeof(*tcp) && packet[9] == IPPROTO_TCP && tcp->source == htons(port) &&
	       tcp->dest == htons(51515) && tcp->syn && tcp->ack;
}

static int await_syn_ack(int fd, int port)
{
	unsigned char packet[2048];
	int length;

	while ((length = recv(fd, packet, sizeof(packet), 0)) > 0) {
		if (is_syn_ack(packet, length, port)) {
			printf("syn-ack\n");
			return 0;
		}
	}
	printf("silence\n");
	return 0;
}

static int cmd_raw(const char *source, const char *address, int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = inet_addr(address) };
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_TCP);
	struct timeval timeout = { .tv_sec = patience_seconds };
	struct tcphdr tcp;

	if (fd < 0)
		fail("socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	make_syn(&tcp, inet_addr(source), to.sin_addr.s_addr, port);
	if (sendto(fd, &tcp, sizeof(tcp), 0, (void *)&to, sizeof(to)) < 0)
		fail("send");
	return await_syn_ack(fd, port);
}

/* The first fragment of a datagram whose TCP header promises nothing; only length bytes of the header are in it. */
static int cmd_fragment(const char *source, const char *address, int port, int length)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = inet_addr(address) };
	unsigned char packet[20 + sizeof(struct tcphdr)] = { 0x45, 0, 0, 20 + length, 0, 1, 0x20, 0, 64, IPPROTO_TCP };
	in_addr_t from = inet_addr(source);
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
	struct tcphdr tcp;

	if (fd < 0)
		fail("socket");
	make_syn(&tcp, from, to.sin_addr.s_addr, port);
	tcp.syn = 0;
	tcp.ack = 1;
	memcpy(packet + 12, &from, 4);
	memcpy(packet + 16, &to.sin_addr.s_addr, 4);
	memcpy(packet + 20, &tcp, sizeof(tcp));
	if (sendto(fd, packet, 20 + length, 0, (void *)&to, sizeof(to)) < 0)
		fail("send");
	printf("sent\n");
	return 0;
}

static int cmd_packet(const char *device, const char *mac, const char *source, const char *address, int port)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_halen = 6 };
	struct {
		unsigned char ip[20];
		struct tcphdr tcp;
	} __attribute__((packed)) packet = { .ip = { 0x45, 0, 0, 40, 0, 1, 0, 0, 64, IPPROTO_TCP } };
	in_addr_t from = inet_addr(source), destination = inet_addr(address);
	struct timeval timeout = { .tv_sec = patience_seconds };
	int fd = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_IP));
	unsigned short sum;
	struct tcphdr tcp;

	if (fd < 0)
		fail("socket");
	to.sll_ifindex = if_nametoindex(device);
	sscanf(mac, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &to.sll_addr[0], &to.sll_addr[1], &to.sll_addr[2],
	       &to.sll_addr[3], &to.sll_addr[4], &to.sll_addr[5]);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	memcpy(packet.ip + 12, &from, 4);
	memcpy(packet.ip + 16, &destination, 4);
	sum = checksum(packet.ip, 20, 0);
	memcpy(packet.ip + 10, &sum, 2);
	make_syn(&tcp, from, destination, port);
	packet.tcp = tcp;
	if (sendto(fd, &packet, sizeof(packet), 0, (void *)&to, sizeof(to)) < 0)
		fail("send");
	return await_syn_ack(fd, port);
}

/* hammer: every connection's reply is compared with who made it */
static struct totals {
	atomic_long right, wrong, missing, refused, failed;
	char example[REPLY_SIZE];
	atomic_int examples;
} *totals;

struct work {
	const char *address, *exe;
	int port, count, uid;
};

static void keep_example(const char *reply)
{
	if (atomic_fetch_add(&totals->examples, 1) == 0)
		snprintf(totals->example, sizeof(totals->example), "%s", reply);
}

static void judge(const char *reply, const struct work *work, bool six)
{
	char process[96], executable[512];

	snprintf(process, sizeof(process), "attributed endpoint=imds tgid=%d tid=%ld uid=%d ", getpid(),
		 syscall(SYS_gettid), work->uid);
	snprintf(executable, sizeof(executable), " exe=%s ", work->exe);
	if (!strncmp(reply, process, strlen(process)) && strstr(reply, executable) &&
	    strstr(reply, six ? " mapped=true " : " mapped=false ")) {
		totals->right++;
		return;
	}
	keep_example(reply);
	if (!strcmp(reply, "unattributed NO_RECORD")) totals->missing++;
	else totals->wrong++;
}

static void *hammer_thread(void *argument)
{
	struct work *work = argument;

	for (int i = 0; i < work->count; i++) {
		struct options o = { .six = i & 1, .nonblock = i & 2 };
		char reply[REPLY_SIZE];
		int fd = open_client(&o);

		if (start_connect(fd, &o, work->address, work->port)) {
			if (errno == EPERM) totals->refused++;
			else totals->failed++;
			keep_example(strerrorname_np(errno));
		} else if (read_reply(fd, reply) < 0) {
			totals->failed++;
			keep_example(strerrorname_np(errno));
		} else {
			judge(reply, work, o.six);
		}
		close(fd);
	}
	return NULL;
}

static void hammer_process(struct work *work, int threads)
{
	pthread_t *ids = calloc(threads, sizeof(*ids));

	if (setgroups(0, NULL) || setgid(work->uid) || setuid(work->uid))
		fail("setuid");
	for (int i = 0; i < threads; i++)
		pthread_create(&ids[i], NULL, hammer_thread, work);
	for (int i = 0; i < threads; i++)
		pthread_join(ids[i], NULL);
	_exit(0);
}

static int cmd_hammer(char **argv)
{
	int processes = atoi(argv[0]), threads = atoi(argv[1]);
	struct work work = { .count = atoi(argv[2]), .uid = atoi(argv[3]), .address = argv[4],
			     .port = atoi(argv[5]), .exe = argv[6] };
	struct timespec begin, end;
	double seconds;

	totals = mmap(NULL, sizeof(*totals), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (int i = 0; i < processes; i++, work.uid++) {
		if (!fork())
			hammer_process(&work, threads);
	}
	while (wait(NULL) > 0)
		;
	clock_gettime(CLOCK_MONOTONIC, &end);
	seconds = end.tv_sec - begin.tv_sec + (end.tv_nsec - begin.tv_nsec) / 1e9;
	printf("right=%ld wrong=%ld missing=%ld refused=%ld failed=%ld seconds=%.2f per-second=%.0f example=%s\n",
	       totals->right, totals->wrong, totals->missing, totals->refused, totals->failed, seconds,
	       processes * threads * work.count / seconds, totals->example);
	return 0;
}

static int listen_tcp(int port)
{
	struct sockaddr_storage local;
	socklen_t length = address_of(&local, false, "0.0.0.0", port);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (void *)&local, length) || listen(fd, 128))
		fail("listen");
	return fd;
}

/* Answers after the first bytes, or to a silent client after a moment; port 32526 only after the first bytes. */
static void answer_tcp(int listener, bool only_after_request)
{
	int fd = accept(listener, NULL, NULL);
	struct pollfd poll_fd = { fd, POLLIN, 0 };

	if (!fork()) {
		if (poll(&poll_fd, 1, only_after_request ? -1 : 100) == 1) {
			char request[16];

			if (recv(fd, request, sizeof(request), 0) <= 0)
				_exit(0);
		}
		send(fd, "fabric\n", 7, MSG_NOSIGNAL);
		_exit(0);
	}
	close(fd);
}

static int cmd_serve(void)
{
	struct pollfd fds[4] = {
		{ listen_tcp(80), POLLIN, 0 }, { listen_tcp(53), POLLIN, 0 }, { listen_tcp(32526), POLLIN, 0 },
		{ socket(AF_INET, SOCK_DGRAM, 0), POLLIN, 0 },
	};
	struct sockaddr_storage local;
	socklen_t length = address_of(&local, false, "168.63.129.16", 53);

	if (bind(fds[3].fd, (void *)&local, length))
		fail("bind udp");
	printf("serving\n");
	fflush(stdout);
	while (poll(fds, 4, -1) > 0) {
		for (int i = 0; i < 3; i++) {
			if (fds[i].revents)
				answer_tcp(fds[i].fd, i == 2);
		}
		if (fds[3].revents) {
			struct sockaddr_storage peer;
			socklen_t peer_length = sizeof(peer);
			char packet[64];

			recvfrom(fds[3].fd, packet, sizeof(packet), 0, (void *)&peer, &peer_length);
			sendto(fds[3].fd, "fabric\n", 7, 0, (void *)&peer, peer_length);
		}
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
	return 0;
}

/* As unshare -Ur: root, but only in a user namespace of its own. */
static void become_namespace_root(void)
{
	char map[32];
	int uid = getuid();
	int fd;

	prctl(PR_SET_DUMPABLE, 1);	/* setuid() took it; without, /proc/self is not ours */
	if (unshare(CLONE_NEWUSER))
		fail("unshare");
	fd = open("/proc/self/uid_map", O_WRONLY);
	snprintf(map, sizeof(map), "0 %d 1", uid);
	if (fd < 0 || write(fd, map, strlen(map)) < 0)
		fail("uid_map");
	close(fd);
}

int main(int argc, char **argv)
{
	int i = 1;

	for (; i < argc && !strncmp(argv[i], "--", 2); i++) {
		if (!strcmp(argv[i], "--uid") && i + 1 < argc) {
			if (setuid(atoi(argv[++i]))) fail("setuid");
		} else if (!strcmp(argv[i], "--gid") && i + 1 < argc) {
			if (setgroups(0, NULL) || setgid(atoi(argv[++i]))) fail("setgid");
		} else if (!strcmp(argv[i], "--patience") && i + 1 < argc) {
			patience_seconds = atoi(argv[++i]);
		} else if (!strcmp(argv[i], "--as-root-user-namespace")) {
			become_namespace_root();
		} else if (!strcmp(argv[i], "--own-network")) {
			if (unshare(CLONE_NEWNET)) fail("unshare net");
		} else {
			usage();
		}
	}
	argv += i + 1;
	argc -= i + 1;
	if (argc < 0)
		usage();
	const char *command = argv[-1];
	if (!strcmp(command, "serve")) return cmd_serve();
	if (!strcmp(command, "connect")) return cmd_connect(argc, argv);
	if (!strcmp(command, "reconnect") && argc == 4) return cmd_reconnect(argv);
	if (!strcmp(command, "burst") && argc == 3) return cmd_burst(atoi(argv[0]), argv[1], atoi(argv[2]));
	if (!strcmp(command, "hold") && argc == 3) return cmd_hold(atoi(argv[0]), argv[1], atoi(argv[2]));
	if (!strcmp(command, "late") && argc == 2) return cmd_late(argv[0], atoi(argv[1]));
	if (!strcmp(command, "exec-late") && argc == 3) return cmd_exec_late(argv[0], argv[1], atoi(argv[2]));
	if (!strcmp(command, "listen") && argc == 2) return cmd_listen(argv[0], atoi(argv[1]));
	if (!strcmp(command, "udp") && argc == 2) return cmd_udp(argv[0], atoi(argv[1]));
	if (!strcmp(command, "raw") && argc == 3) return cmd_raw(argv[0], argv[1], atoi(argv[2]));
	if (!strcmp(command, "fragment") && argc == 4) return cmd_fragment(argv[0], argv[1], atoi(argv[2]), atoi(argv[3]));
	if (!strcmp(command, "packet") && argc == 5) return cmd_packet(argv[0], argv[1], argv[2], argv[3], atoi(argv[4]));
	if (!strcmp(command, "hammer") && argc == 7) return cmd_hammer(argv);
	usage();
	return 2;
}
