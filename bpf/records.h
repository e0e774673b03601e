/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What kernel and agent say to each other: map keys and values, flags, counters.
 *
 * The Java side repeats these offsets in countersign.interception.linux.Layout; a test there reads
 * the BTF of the compiled object and fails when the two differ. Integers are in host byte order
 * except fields named _be and addresses, which are in network order. IPv4 addresses are written as
 * IPv4-mapped IPv6. Padding is named, because hash keys compare every byte.
 *
 * Any change of a layout needs a new COUNTERSIGN_ABI: it is part of the pin folder's name.
 */
#ifndef COUNTERSIGN_RECORDS_H
#define COUNTERSIGN_RECORDS_H

#define COUNTERSIGN_ABI 1

/* record.flags */
#define RECORD_REDIRECTED	(1U << 0)
#define RECORD_AGENT		(1U << 1)
#define RECORD_PUBLISHED	(1U << 2)
#define RECORD_V6MAPPED		(1U << 3)

/* config.mode */
#define MODE_RATE_LIMIT		(1U << 0)
#define MODE_DENY_UNKNOWN_NETNS	(1U << 1)
#define MODE_LISTENER_CHECK	(1U << 2)
#define MODE_SET_ERRNO		(1U << 3)
#define MODE_RATE_BY_UID	(1U << 4)	/* where cgroup v2 does not tell workloads apart */

#define GUARDED_V4_MAX 4

struct address {
	__u8 bytes[16];
};

/* Key of policy: one guarded endpoint. */
struct policy_key {
	struct address addr;
	__u16 port_be;
	__u8 proto;
	__u8 zero;
};

/* policy_value.flags: redirect the agent too, at any rate. Only the canary's endpoint has it. */
#define POLICY_CANARY		(1U << 0)

struct policy_value {
	__u32 rule;
	__u32 flags;
};

/* Value of targets: where the proxy listens for one network namespace. */
struct target {
	struct address addr;
	__u16 port_be;
	__u16 flags;
	__u32 zero;
};

/* Key of flows and accepted: one connection from a client to the proxy. */
struct flow_key {
	__u64 netns;
	struct address src;
	struct address dst;
	__u16 sport_be;
	__u16 dport_be;
	__u32 zero;
};

/* Who connected, and to what. */
struct record {
	__u32 abi;
	__u32 flags;
	__u64 ktime_ns;
	__u64 cookie;
	__u64 netns;
	__u64 cgroup;
	__u64 thread_start_ns;
	__u64 leader_start_ns;
	__u64 exe_inode;
	__u32 exe_dev;
	__u32 exe_generation;
	__u32 tgid;
	__u32 tid;
	__u32 uid;		/* real, initial user namespace */
	__u32 gid;
	__u32 euid;
	__u32 loginuid;
	__u32 ppid;
	__u32 userns;
	__u32 mntns;
	__u32 pidns;
	__u64 cap_effective;
	__u8 comm[16];
	struct address orig_dst;
	__u16 orig_port_be;
	__u16 family;
	__u32 rule;
	__u64 exe_ctime_s;
};

/* Value of sk_ctx: what a client's socket carries from connect to close. */
struct client {
	struct flow_key key;
	struct record record;
};

struct config {
	__u64 agent_start_ticks;
	__u64 agent_cgroup;	/* for the reader of a dump; no program decides by it */
	__u64 home_netns;
	__u64 rate_ns;
	__u64 burst_ns;
	__u32 agent_tgid;
	__u32 mode;
	__u32 guarded_v4[GUARDED_V4_MAX];	/* network order; 0 is an unused place */
	__u16 proxy_port_be;
	__u16 zero16;
	__u32 zero32;
};

/* Index into stats. DENY: connect refused. LOST: connected, but the proxy will find no record and refuse. */
enum counter {
	COUNT_CONNECT,			/* connects to a guarded endpoint */
	COUNT_REDIRECTED,
	COUNT_AGENT,			/* the agent's own, passed */
	COUNT_PASS_UNKNOWN_NETNS,
	COUNT_PUBLISHED,
	COUNT_ACCEPTED,
	COUNT_FLOW_REMOVED,
	COUNT_ACCEPTED_REMOVED,
	COUNT_PEERNAME,
	COUNT_EGRESS_AGENT,
	COUNT_BUCKET_SHARED,		/* no room for a bucket of its own */
	COUNT_DENY_NO_CONFIG,
	COUNT_DENY_NO_STORAGE,
	COUNT_DENY_RATE,
	COUNT_DENY_UNKNOWN_NETNS,
	COUNT_DENY_NO_LISTENER,
	COUNT_DENY_FOREIGN_LISTENER,
	COUNT_DENY_BIND,		/* somebody else wanted the proxy's port */
	COUNT_DROP_EGRESS,
	COUNT_DROP_FRAGMENT,
	COUNT_DROP_MALFORMED,
	COUNT_LOST_FLOWS_FULL,
	COUNT_LOST_ACCEPTED_FULL,
	COUNT_LOST_NO_STORAGE,
	COUNT_LOST_NO_CALLBACK,
	COUNT_LOST_CLIENT_GONE,		/* aborted while it was handed over */
	COUNT_ACCEPT_UNKNOWN,		/* connected to the proxy directly */
	COUNT_REMOVE_MISS,		/* entry to be removed was not there */
	COUNTERS
};

#define COUNTERS_MAX 32

_Static_assert(sizeof(struct policy_key) == 20, "policy_key");
_Static_assert(sizeof(struct policy_value) == 8, "policy_value");
_Static_assert(sizeof(struct target) == 24, "target");
_Static_assert(sizeof(struct flow_key) == 48, "flow_key");
_Static_assert(sizeof(struct record) == 168, "record");
_Static_assert(sizeof(struct client) == 216, "client");
_Static_assert(sizeof(struct config) == 72, "config");
_Static_assert(__builtin_offsetof(struct record, exe_inode) == 56, "record.exe_inode");
_Static_assert(__builtin_offsetof(struct record, cap_effective) == 112, "record.cap_effective");
_Static_assert(__builtin_offsetof(struct record, exe_ctime_s) == 160, "record.exe_ctime_s");
_Static_assert(COUNTERS <= COUNTERS_MAX, "stats");

#endif
