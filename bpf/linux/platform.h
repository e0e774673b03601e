/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the core asks of the platform, answered by Linux: who is running, is it the agent, what does
 * this socket carry, who listens there.
 */
#ifndef COUNTERSIGN_LINUX_PLATFORM_H
#define COUNTERSIGN_LINUX_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/bpf.h>
#include <linux/in.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_core_read.h>

#include "kernel.h"
#include "../records.h"

#define PROCEED 1
#define REFUSE 0

#define AF_INET 2
#define AF_INET6 10
#define EAGAIN 11

#define NS_PER_TICK 10000000ULL		/* USER_HZ is 100 on every architecture served */
#define LOGINUID_UNSET ((__u32)-1)

struct bucket {
	struct bpf_spin_lock lock;
	__u32 zero;
	__u64 arrival_ns;	/* theoretical arrival time of the next connect */
};

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct client);
} sk_ctx SEC(".maps");

/* Marked by the agent through its file descriptor; the mark dies with the socket. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u64);
} listeners SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, struct bucket);
} buckets SEC(".maps");

static __always_inline bool is_agent(const struct config *config)
{
	struct task_struct *task;
	__u64 start;

	if (!config->agent_tgid || bpf_get_current_pid_tgid() >> 32 != config->agent_tgid)
		return false;
	/* A recycled pid has another start time. */
	task = (void *)bpf_get_current_task();
	start = BPF_CORE_READ(task, group_leader, start_boottime);
	return start / NS_PER_TICK == config->agent_start_ticks;
}

static __always_inline __u32 pid_namespace_of(struct task_struct *task)
{
	struct pid *pid = BPF_CORE_READ(task, thread_pid);
	__u32 level = BPF_CORE_READ(pid, level);
	struct upid *last = (void *)pid + bpf_core_field_offset(struct pid, numbers) +
			    level * bpf_core_type_size(struct upid);

	return BPF_CORE_READ(last, ns, ns.inum);
}

static __always_inline __u64 change_time_of(struct inode *inode)
{
	struct inode___seconds *seconds = (void *)inode;
	struct inode___hidden *hidden = (void *)inode;
	struct inode___plain *plain = (void *)inode;

	if (bpf_core_field_exists(seconds->i_ctime_sec))
		return BPF_CORE_READ(seconds, i_ctime_sec);
	if (bpf_core_field_exists(hidden->__i_ctime))
		return BPF_CORE_READ(hidden, __i_ctime.tv_sec);
	return BPF_CORE_READ(plain, i_ctime.tv_sec);
}

static __always_inline void executable_fill(struct record *record, struct task_struct *task)
{
	struct inode *inode = BPF_CORE_READ(task, mm, exe_file, f_inode);

	record->exe_inode = BPF_CORE_READ(inode, i_ino);
	record->exe_generation = BPF_CORE_READ(inode, i_generation);
	record->exe_dev = BPF_CORE_READ(inode, i_sb, s_dev);
	record->exe_ctime_s = change_time_of(inode);
}

static __always_inline void credentials_fill(struct record *record, struct task_struct *task)
{
	const struct cred *cred = BPF_CORE_READ(task, cred);
	__u64 real = bpf_get_current_uid_gid();

	record->uid = (__u32)real;
	record->gid = real >> 32;
	record->euid = BPF_CORE_READ(cred, euid.val);
	record->userns = BPF_CORE_READ(cred, user_ns, ns.inum);
	bpf_core_read(&record->cap_effective, sizeof(record->cap_effective), &cred->cap_effective);
	record->loginuid = LOGINUID_UNSET;
	if (bpf_core_field_exists(task->loginuid))
		record->loginuid = BPF_CORE_READ(task, loginuid.val);
}

/* Everything about the connecting process. The record was zeroed before. */
static __always_inline void identity_fill(struct record *record)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	__u64 pid_tgid = bpf_get_current_pid_tgid();

	record->tgid = pid_tgid >> 32;
	record->tid = (__u32)pid_tgid;
	record->ppid = BPF_CORE_READ(task, real_parent, tgid);
	record->cgroup = bpf_get_current_cgroup_id();
	record->thread_start_ns = BPF_CORE_READ(task, start_boottime);
	record->leader_start_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	record->mntns = BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum);
	record->pidns = pid_namespace_of(task);
	bpf_get_current_comm(record->comm, sizeof(record->comm));
	executable_fill(record, task);
	credentials_fill(record, task);
}

static __always_inline struct client *client_get(struct bpf_sock *sk)
{
	return bpf_sk_storage_get(&sk_ctx, sk, 0, 0);
}

static __always_inline struct client *client_create(struct bpf_sock *sk)
{
	return bpf_sk_storage_get(&sk_ctx, sk, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
}

static __always_inline void client_forget(struct bpf_sock *sk)
{
	bpf_sk_storage_delete(&sk_ctx, sk);
}

/* Whoever is refused may try again at once: say so where the kernel lets us choose the error. */
static __always_inline void answer_try_again(const struct config *config)
{
	if (!(config->mode & MODE_SET_ERRNO))
		return;
	if (bpf_core_enum_value_exists(enum bpf_func_id___retval, BPF_FUNC_set_retval___retval))
		bpf_set_retval(-EAGAIN);
}

#endif
