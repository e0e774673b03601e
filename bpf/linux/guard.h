/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What holds when the connect hook was not asked: packets to guarded endpoints leave only from the
 * agent's sockets, and only the agent may own the proxy's port (interception.md sections 2.4, 2.7).
 */
#ifndef COUNTERSIGN_LINUX_GUARD_H
#define COUNTERSIGN_LINUX_GUARD_H

#define ETH_P_IP 0x0800
#define IP_MORE_FRAGMENTS 0x2000
#define IP_FRAGMENT_OFFSET 0x1fff
#define TCP_SYN 0x02
#define TCP_FIXED_PART 14		/* up to and including the flags */

struct ipv4_header {
	__u8 version_length;
	__u8 tos;
	__u16 total_length_be;
	__u16 id_be;
	__u16 fragment_be;
	__u8 ttl;
	__u8 protocol;
	__u16 checksum_be;
	__u32 src_be;
	__u32 dst_be;
};

struct tcp_header {
	__u16 sport_be;
	__u16 dport_be;
	__u32 seq_be;
	__u32 ack_be;
	__u8 length;		/* upper half, in words */
	__u8 flags;
	__u16 rest;
};

static __always_inline bool is_guarded_v4(const struct config *config, __u32 v4_be)
{
	return v4_be && (v4_be == config->guarded_v4[0] || v4_be == config->guarded_v4[1] ||
			 v4_be == config->guarded_v4[2] || v4_be == config->guarded_v4[3]);
}

static __always_inline bool comes_from_agent(struct __sk_buff *skb)
{
	struct bpf_sock *sk = skb->sk;
	struct client *client;

	if (!sk)
		return false;
	sk = bpf_sk_fullsock(sk);
	if (!sk)
		return false;
	client = client_get(sk);
	return client && (client->record.flags & RECORD_AGENT);
}

/* Pure ACK, FIN and RST carry nothing, and the kernel sends them for sockets that are gone. */
static __always_inline bool carries_something(struct __sk_buff *skb, const struct tcp_header *tcp,
					      __u32 ip_length)
{
	return (tcp->flags & TCP_SYN) || skb->len > ip_length + (tcp->length >> 4) * 4;
}

SEC("cgroup_skb/egress")
int egress(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data;
	void *end = (void *)(long)skb->data_end;
	struct ipv4_header *ip = data;
	struct tcp_header tcp = {};
	struct address dst;
	struct config *config;
	__u16 fragment_be;
	__u32 ip_length;

	if (skb->protocol != bpf_htons(ETH_P_IP) || (void *)(ip + 1) > end)
		return PROCEED;
	config = config_get();
	if (!config || !is_guarded_v4(config, ip->dst_be))
		return PROCEED;
	fragment_be = ip->fragment_be;
	if (ip->protocol != IPPROTO_TCP || (fragment_be & bpf_htons(IP_FRAGMENT_OFFSET)))
		return PROCEED;
	ip_length = (ip->version_length & 0xf) * 4;
	address_from_v4(&dst, ip->dst_be);
	if (bpf_skb_load_bytes(skb, ip_length, &tcp, TCP_FIXED_PART)) {
		count(COUNT_DROP_MALFORMED);
		return REFUSE;
	}
	if (!policy_for(&dst, tcp.dport_be))
		return PROCEED;
	/* The kernel never fragments before this hook; a raw socket would hide its payload so. */
	if (fragment_be & bpf_htons(IP_MORE_FRAGMENTS)) {
		count(COUNT_DROP_FRAGMENT);
		return REFUSE;
	}
	if (!carries_something(skb, &tcp, ip_length))
		return PROCEED;
	if (comes_from_agent(skb)) {
		count(COUNT_EGRESS_AGENT);
		return PROCEED;
	}
	count(COUNT_DROP_EGRESS);
	return REFUSE;
}

static __always_inline int may_bind(struct bpf_sock *sk)
{
	struct config *config = config_get();

	if (!config || !config->proxy_port_be || sk->protocol != IPPROTO_TCP ||
	    sk->src_port != bpf_ntohs(config->proxy_port_be))
		return PROCEED;
	if (bpf_get_netns_cookie(sk) != config->home_netns || is_agent(config))
		return PROCEED;
	count(COUNT_DENY_BIND);
	return REFUSE;
}

SEC("cgroup/post_bind4")
int post_bind4(struct bpf_sock *sk)
{
	return may_bind(sk);
}

SEC("cgroup/post_bind6")
int post_bind6(struct bpf_sock *sk)
{
	return may_bind(sk);
}

#endif
