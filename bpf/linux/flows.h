/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sockops: a record is published before the SYN leaves, handed to the accepted socket when the
 * connection is established, and removed with the socket it belongs to (interception.md section 2.3).
 *
 * Always returns PROCEED and never writes reply: other users of the hook share it.
 */
#ifndef COUNTERSIGN_LINUX_FLOWS_H
#define COUNTERSIGN_LINUX_FLOWS_H

/* Plain and preallocated, never LRU: a full table refuses newcomers, it does not forget live ones. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 32768);
	__type(key, struct flow_key);
	__type(value, struct record);
} flows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 32768);
	__type(key, struct flow_key);
	__type(value, struct record);
} accepted SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct flow_key);
} acc_key SEC(".maps");

static __always_inline bool ask_for_close(struct bpf_sock_ops *ops)
{
	int flags = ops->bpf_sock_ops_cb_flags | BPF_SOCK_OPS_STATE_CB_FLAG;

	return bpf_sock_ops_cb_flags_set(ops, flags) == 0;
}

static __always_inline bool carries_v4(struct bpf_sock_ops *ops)
{
	return ops->family == AF_INET ||
	       (!ops->local_ip6[0] && !ops->local_ip6[1] && ops->local_ip6[2] == bpf_htonl(0xffff));
}

static __always_inline void local_address(struct bpf_sock_ops *ops, struct address *addr)
{
	__u32 *words = (__u32 *)addr->bytes;

	if (carries_v4(ops)) {
		address_from_v4(addr, ops->local_ip4);
		return;
	}
	words[0] = ops->local_ip6[0];
	words[1] = ops->local_ip6[1];
	words[2] = ops->local_ip6[2];
	words[3] = ops->local_ip6[3];
}

/* The client's SYN is about to leave: address and port are final now. */
static __always_inline void publish(struct bpf_sock_ops *ops, struct bpf_sock *sk)
{
	struct client *client = client_get(sk);

	if (!client || !(client->record.flags & RECORD_REDIRECTED))
		return;
	if (!ask_for_close(ops)) {
		count(COUNT_LOST_NO_CALLBACK);
		return;
	}
	local_address(ops, &client->key.src);
	client->key.sport_be = bpf_htons((__u16)ops->local_port);
	client->record.flags |= RECORD_PUBLISHED;
	/* Within one netns a live 4-tuple is unique, so a newer record is the right one. */
	if (bpf_map_update_elem(&flows, &client->key, &client->record, BPF_ANY)) {
		client->record.flags &= ~RECORD_PUBLISHED;
		count(COUNT_LOST_FLOWS_FULL);
		return;
	}
	count(COUNT_PUBLISHED);
}

/* Whether flows still holds the record that was copied under this key. */
static __always_inline bool still_published(const struct flow_key *key, __u64 cookie, __u64 ktime_ns)
{
	struct record *record = bpf_map_lookup_elem(&flows, key);

	return record && record->cookie == cookie && record->ktime_ns == ktime_ns;
}

/* The proxy's side of a connection is established: give it the record for as long as it lives. */
static __always_inline void hand_over(struct bpf_sock_ops *ops, struct bpf_sock *sk)
{
	struct config *config = config_get();
	struct flow_key key = {};
	struct flow_key *own;
	struct record *record;
	struct record copy;

	if (!config || !config->proxy_port_be || ops->local_port != bpf_ntohs(config->proxy_port_be))
		return;
	key.netns = bpf_get_netns_cookie(ops);
	address_from_v4(&key.src, ops->remote_ip4);
	address_from_v4(&key.dst, ops->local_ip4);
	key.sport_be = bpf_htons((__u16)bpf_ntohl(ops->remote_port));
	key.dport_be = config->proxy_port_be;
	record = bpf_map_lookup_elem(&flows, &key);
	if (!record) {
		count(COUNT_ACCEPT_UNKNOWN);
		return;
	}
	copy = *record;
	own = bpf_sk_storage_get(&acc_key, sk, &key, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!own) {
		count(COUNT_LOST_NO_STORAGE);
		return;
	}
	if (!ask_for_close(ops)) {
		count(COUNT_LOST_NO_CALLBACK);
		return;
	}
	if (bpf_map_update_elem(&accepted, &key, &copy, BPF_ANY)) {
		count(COUNT_LOST_ACCEPTED_FULL);
		return;
	}
	/*
	 * A client that aborts right now gives its place in flows to another connection, perhaps
	 * in the middle of our copy. What is still there afterwards was there all along.
	 */
	if (!still_published(&key, copy.cookie, copy.ktime_ns)) {
		bpf_map_delete_elem(&accepted, &key);
		count(COUNT_LOST_CLIENT_GONE);
		return;
	}
	count(COUNT_ACCEPTED);
}

static __always_inline void remove_accepted(struct bpf_sock *sk)
{
	struct flow_key *key = bpf_sk_storage_get(&acc_key, sk, 0, 0);

	if (!key)
		return;
	if (bpf_map_delete_elem(&accepted, key))
		count(COUNT_REMOVE_MISS);
	else
		count(COUNT_ACCEPTED_REMOVED);
	bpf_sk_storage_delete(&acc_key, sk);
}

static __always_inline void remove_flow(struct bpf_sock *sk)
{
	struct client *client = client_get(sk);

	if (!client || !(client->record.flags & RECORD_PUBLISHED))
		return;
	client->record.flags &= ~RECORD_PUBLISHED;
	if (bpf_map_delete_elem(&flows, &client->key))
		count(COUNT_REMOVE_MISS);
	else
		count(COUNT_FLOW_REMOVED);
}

SEC("sockops")
int sock_ops(struct bpf_sock_ops *ops)
{
	struct bpf_sock *sk = ops->sk;

	if (!sk)
		return PROCEED;
	switch (ops->op) {
	case BPF_SOCK_OPS_TCP_CONNECT_CB:
		publish(ops, sk);
		break;
	case BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB:
		hand_over(ops, sk);
		break;
	case BPF_SOCK_OPS_STATE_CB:
		if (ops->args[1] != BPF_TCP_CLOSE)
			break;
		remove_flow(sk);
		remove_accepted(sk);
		break;
	}
	return PROCEED;
}

#endif
