/* SPDX-License-Identifier: GPL-2.0-only */
/* connect4 and connect6: interception.md section 2.2, in its order. */
#ifndef COUNTERSIGN_LINUX_CONNECT_H
#define COUNTERSIGN_LINUX_CONNECT_H

#define UID_BUCKET (1ULL << 63)		/* cgroup ids never have this bit */
#define SHARED_BUCKET 0ULL

static __always_inline __u64 bucket_key(const struct config *config)
{
	if (config->mode & MODE_RATE_BY_UID)
		return UID_BUCKET | (__u32)bpf_get_current_uid_gid();
	return bpf_get_current_cgroup_id();
}

static __always_inline struct bucket *bucket_for(__u64 key)
{
	struct bucket *bucket = bpf_map_lookup_elem(&buckets, &key);
	struct bucket fresh = {};
	__u64 shared = SHARED_BUCKET;

	if (bucket)
		return bucket;
	/* Fails also when another CPU was faster; the second lookup tells. */
	bpf_map_update_elem(&buckets, &key, &fresh, BPF_NOEXIST);
	bucket = bpf_map_lookup_elem(&buckets, &key);
	if (bucket)
		return bucket;
	count(COUNT_BUCKET_SHARED);
	return bpf_map_lookup_elem(&buckets, &shared);
}

/* GCRA: one connect per rate_ns in the long run, and burst_ns / rate_ns more at once. */
static __always_inline bool rate_allows(const struct config *config)
{
	struct bucket *bucket = bucket_for(bucket_key(config));
	__u64 burst_ns = config->burst_ns;
	__u64 rate_ns = config->rate_ns;
	__u64 now = bpf_ktime_get_ns();
	bool allowed = false;
	__u64 arrival;

	if (!bucket)
		return false;
	bpf_spin_lock(&bucket->lock);
	arrival = bucket->arrival_ns;
	if (arrival < now)
		arrival = now;
	if (arrival - now <= burst_ns) {
		bucket->arrival_ns = arrival + rate_ns;
		allowed = true;
	}
	bpf_spin_unlock(&bucket->lock);
	return allowed;
}

/* Whether the agent's own socket listens there. Counts why not. */
static __always_inline bool listener_is_ours(struct bpf_sock_addr *ctx, const struct target *target)
{
	/* No connection has source 0.0.0.0:0, so only a listener can be found. */
	struct bpf_sock_tuple tuple = {};
	struct bpf_sock *sk;
	bool listening;
	bool marked;

	tuple.ipv4.daddr = address_word(&target->addr, 3);
	tuple.ipv4.dport = target->port_be;
	sk = bpf_skc_lookup_tcp(ctx, &tuple, sizeof(tuple.ipv4), BPF_F_CURRENT_NETNS, 0);
	if (!sk) {
		count(COUNT_DENY_NO_LISTENER);
		return false;
	}
	listening = sk->state == BPF_TCP_LISTEN;
	marked = listening && bpf_sk_storage_get(&listeners, sk, 0, 0);
	bpf_sk_release(sk);
	if (!marked)
		count(COUNT_DENY_FOREIGN_LISTENER);
	return marked;
}

static __always_inline void client_fill(struct client *client, struct bpf_sock_addr *ctx,
					const struct address *dst, const struct target *target,
					__u32 rule, __u64 netns)
{
	struct record *record = &client->record;

	client->key.netns = netns;
	client->key.dst = target->addr;
	client->key.dport_be = target->port_be;
	record->abi = COUNTERSIGN_ABI;
	record->flags = RECORD_REDIRECTED | (ctx->family == AF_INET6 ? RECORD_V6MAPPED : 0);
	record->ktime_ns = bpf_ktime_get_ns();
	record->cookie = bpf_get_socket_cookie(ctx);
	record->netns = netns;
	record->orig_dst = *dst;
	record->orig_port_be = (__u16)ctx->user_port;
	record->family = ctx->family;
	record->rule = rule;
	identity_fill(record);
}

/* Returns PROCEED or REFUSE; *to is set when the destination has to be replaced. */
static __always_inline int decide(struct bpf_sock_addr *ctx, const struct address *dst,
				  struct target **to)
{
	struct bpf_sock *sk = ctx->sk;
	struct policy_value *rule;
	struct config *config;
	struct target *target;
	struct client *client;
	__u64 netns;
	bool canary;

	if (ctx->protocol != IPPROTO_TCP || !sk)
		return PROCEED;
	rule = policy_for(dst, (__u16)ctx->user_port);
	if (!rule) {
		/* The socket may have been redirected before and disconnected since. */
		client_forget(sk);
		return PROCEED;
	}
	count(COUNT_CONNECT);
	config = config_get();
	if (!config) {
		count(COUNT_DENY_NO_CONFIG);
		return REFUSE;
	}
	client = client_create(sk);
	if (!client) {
		count(COUNT_DENY_NO_STORAGE);
		return REFUSE;
	}
	__builtin_memset(client, 0, sizeof(*client));
	canary = rule->flags & POLICY_CANARY;
	if (!canary && is_agent(config)) {
		client->record.flags = RECORD_AGENT;
		count(COUNT_AGENT);
		return PROCEED;
	}
	if (!canary && (config->mode & MODE_RATE_LIMIT) && !rate_allows(config)) {
		count(COUNT_DENY_RATE);
		answer_try_again(config);
		return REFUSE;
	}
	netns = bpf_get_netns_cookie(ctx);
	target = bpf_map_lookup_elem(&targets, &netns);
	if (!target && !(config->mode & MODE_DENY_UNKNOWN_NETNS)) {
		count(COUNT_PASS_UNKNOWN_NETNS);
		return PROCEED;
	}
	if (!target) {
		count(COUNT_DENY_UNKNOWN_NETNS);
		return REFUSE;
	}
	if ((config->mode & MODE_LISTENER_CHECK) && !listener_is_ours(ctx, target))
		return REFUSE;
	client_fill(client, ctx, dst, target, rule->rule, netns);
	count(COUNT_REDIRECTED);
	*to = target;
	return PROCEED;
}

SEC("cgroup/connect4")
int connect4(struct bpf_sock_addr *ctx)
{
	struct target *to = NULL;
	struct address dst;
	int verdict;

	address_from_v4(&dst, ctx->user_ip4);
	verdict = decide(ctx, &dst, &to);
	if (to) {
		ctx->user_ip4 = address_word(&to->addr, 3);
		ctx->user_port = to->port_be;
	}
	return verdict;
}

SEC("cgroup/connect6")
int connect6(struct bpf_sock_addr *ctx)
{
	struct target *to = NULL;
	struct address dst;
	__u32 *words = (__u32 *)dst.bytes;
	int verdict;

	words[0] = ctx->user_ip6[0];
	words[1] = ctx->user_ip6[1];
	words[2] = ctx->user_ip6[2];
	words[3] = ctx->user_ip6[3];
	verdict = decide(ctx, &dst, &to);
	if (to) {
		ctx->user_ip6[0] = address_word(&to->addr, 0);
		ctx->user_ip6[1] = address_word(&to->addr, 1);
		ctx->user_ip6[2] = address_word(&to->addr, 2);
		ctx->user_ip6[3] = address_word(&to->addr, 3);
		ctx->user_port = to->port_be;
	}
	return verdict;
}

/* getpeername: the client keeps seeing the address it asked for. */
static __always_inline struct record *redirected(struct bpf_sock *sk)
{
	struct client *client;

	if (!sk)
		return NULL;
	client = client_get(sk);
	if (!client || !(client->record.flags & RECORD_REDIRECTED))
		return NULL;
	count(COUNT_PEERNAME);
	return &client->record;
}

SEC("cgroup/getpeername4")
int peer4(struct bpf_sock_addr *ctx)
{
	struct record *record = redirected(ctx->sk);

	if (record) {
		ctx->user_ip4 = address_word(&record->orig_dst, 3);
		ctx->user_port = record->orig_port_be;
	}
	return PROCEED;
}

SEC("cgroup/getpeername6")
int peer6(struct bpf_sock_addr *ctx)
{
	struct record *record = redirected(ctx->sk);

	if (record) {
		ctx->user_ip6[0] = address_word(&record->orig_dst, 0);
		ctx->user_ip6[1] = address_word(&record->orig_dst, 1);
		ctx->user_ip6[2] = address_word(&record->orig_dst, 2);
		ctx->user_ip6[3] = address_word(&record->orig_dst, 3);
		ctx->user_port = record->orig_port_be;
	}
	return PROCEED;
}

#endif
