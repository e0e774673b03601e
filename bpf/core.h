/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The decision every platform takes at connect: is this endpoint guarded, who asks, where does the
 * connection go instead. Include platform.h first.
 */
#ifndef COUNTERSIGN_CORE_H
#define COUNTERSIGN_CORE_H

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, struct policy_key);
	__type(value, struct policy_value);
} policy SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, struct target);
} targets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct config);
} config SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, COUNTERS_MAX);
	__type(key, __u32);
	__type(value, __u64);
} stats SEC(".maps");

static __always_inline void count(enum counter counter)
{
	__u32 index = counter;
	__u64 *value = bpf_map_lookup_elem(&stats, &index);

	if (value)
		*value += 1;
}

static __always_inline struct config *config_get(void)
{
	__u32 first = 0;

	return bpf_map_lookup_elem(&config, &first);
}

static __always_inline void address_from_v4(struct address *addr, __u32 v4_be)
{
	__u32 *words = (__u32 *)addr->bytes;

	words[0] = 0;
	words[1] = 0;
	words[2] = bpf_htonl(0xffff);
	words[3] = v4_be;
}

static __always_inline __u32 address_word(const struct address *addr, int index)
{
	return ((const __u32 *)addr->bytes)[index];
}

static __always_inline struct policy_value *policy_for(const struct address *addr, __u16 port_be)
{
	struct policy_key key = { .addr = *addr, .port_be = port_be, .proto = IPPROTO_TCP };

	return bpf_map_lookup_elem(&policy, &key);
}

#endif
