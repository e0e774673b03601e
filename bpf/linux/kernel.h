/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The few kernel types the programs look into. Only names matter: the loader moves every access to
 * where the running kernel keeps the field (CO-RE). Three underscores start a flavour, the same type
 * as older or newer kernels have it.
 */
#ifndef COUNTERSIGN_LINUX_KERNEL_H
#define COUNTERSIGN_LINUX_KERNEL_H

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct ns_common {
	unsigned int inum;
};

struct user_namespace {
	struct ns_common ns;
};

struct mnt_namespace {
	struct ns_common ns;
};

struct pid_namespace {
	struct ns_common ns;
};

struct nsproxy {
	struct mnt_namespace *mnt_ns;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	unsigned int level;
	struct upid numbers[1];
};

typedef struct {
	__u32 val;
} kuid_t;

typedef struct {
	__u64 val;
} kernel_cap_t;

/* Until 6.3 an array of two 32-bit words, which little-endian machines lay out alike. */
struct cred {
	kuid_t euid;
	kernel_cap_t cap_effective;
	struct user_namespace *user_ns;
};

struct super_block {
	__u32 s_dev;
};

struct timespec64 {
	long long tv_sec;
};

struct inode {
	unsigned long i_ino;
	__u32 i_generation;
	struct super_block *i_sb;
};

struct inode___seconds {	/* 6.11 and newer */
	long long i_ctime_sec;
};

struct inode___hidden {		/* 6.6 to 6.10 */
	struct timespec64 __i_ctime;
};

struct inode___plain {		/* before 6.6 */
	struct timespec64 i_ctime;
};

struct file {
	struct inode *f_inode;
};

struct mm_struct {
	struct file *exe_file;
};

struct task_struct {
	int tgid;
	__u64 start_boottime;
	struct task_struct *group_leader;
	struct task_struct *real_parent;
	struct mm_struct *mm;
	const struct cred *cred;
	struct nsproxy *nsproxy;
	struct pid *thread_pid;
	kuid_t loginuid;
};

struct task_struct___before_5_5 {
	__u64 real_start_time;
};

#pragma clang attribute pop

/* bpf_set_retval() came with 5.18. */
enum bpf_func_id___retval {
	BPF_FUNC_set_retval___retval = 187,
};

#endif
