# shellcheck shell=bash
# shellcheck disable=SC2154 # root and state are set by ./countersign
# What each command needs of the machine. Missing packages are installed on Debian as root; everything else, and everything
# on other machines, is said in full before the command starts.

declare -A missing_packages=() # package -> why
missing_things=()              # sentences: what is missing, and what to do

# need GROUP...: stops with status 1 unless everything of these groups is there.
need() {
    local group
    for group; do
        "need_$group"
    done
    if [ ${#missing_packages[@]} -gt 0 ] && [ ${#missing_things[@]} -eq 0 ]; then
        install_missing
        missing_packages=()
        for group; do
            "need_$group"
        done
    fi
    if [ ${#missing_packages[@]} -gt 0 ] || [ ${#missing_things[@]} -gt 0 ]; then
        say_missing
        exit 1
    fi
}

# wish GROUP: says what is missing but goes on; the tests that need it are skipped and counted.
wish() {
    "need_$1"
    if [ ${#missing_things[@]} -gt 0 ]; then
        echo "countersign: tests that need the following will be skipped:" >&2
        printf '  %s\n' "${missing_things[@]}" >&2
    fi
    missing_things=()
}

need_build() {
    find_jdk || missing_packages[openjdk-17-jdk-headless]="Java 17: compiles and runs everything$jdk_remark"
    want_program mvn maven "Maven: builds the modules and fetches their dependencies"
    want_program make make "builds the kernel programs"
    want_program clang clang "compiles the kernel programs"
    want_file /usr/include/bpf/bpf_helpers.h libbpf-dev "headers of the kernel programs"
    want_file /usr/include/linux/types.h linux-libc-dev "headers of the kernel programs"
    want_program flock util-linux "keeps two builds apart"
}

need_lab() {
    need_agent
    want_program ip iproute2 "makes the network namespaces of guest and host"
    want_program nsenter util-linux "runs programs in a namespace"
    want_program setpriv util-linux "runs programs as other users"
    want_program mount mount "gives the guest a BPF file system of its own"
    want_program curl curl "calls the metadata services in the scenes"
    want_program bpftool bpftool "shows that nothing stays attached"
    want_program ps procps "reads memory and processes"
}

need_bench() {
    want_program nginx nginx-light "is measured beside the agent, as a bare hop"
    want_program wrk wrk "makes the load"
}

need_agent() {
    libbpf_is_there || missing_packages[libbpf1]="loads the kernel programs"
}

need_kernel() {
    if [ "$(uname -s)" != Linux ]; then
        missing_things+=("Linux: this is $(uname -s); use a Linux machine, 5.15 or newer")
        return
    fi
    local release major minor
    release=$(uname -r)
    IFS=. read -r major minor _ <<< "$release"
    minor=${minor%%[!0-9]*}
    if [ "$major" -lt 5 ] || { [ "$major" -eq 5 ] && [ "$minor" -lt 8 ]; }; then
        missing_things+=("Linux 5.8: this is $release; use a newer kernel (5.15 or newer is what we promise)")
    fi
    [ "$(id -u)" -eq 0 ] || missing_things+=("root: namespaces and kernel programs need it; run this with sudo")
    [ -r /sys/kernel/btf/vmlinux ] || missing_things+=(
        "BTF: there is no /sys/kernel/btf/vmlinux; use a kernel built with CONFIG_DEBUG_INFO_BTF, as Debian's are since 11")
    local cgroup
    cgroup=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts)
    if [ -z "$cgroup" ]; then
        missing_things+=("cgroup v2: no cgroup2 file system is mounted; run: mount -t cgroup2 none /sys/fs/cgroup")
    elif [ "$(id -u)" -eq 0 ] && [ ! -w "$cgroup/cgroup.procs" ]; then
        missing_things+=("cgroup v2: $cgroup cannot be written; in a container, run it privileged")
    fi
}

want_program() {
    command -v "$1" > /dev/null || missing_packages[$2]=$3
}

want_file() {
    [ -e "$1" ] || missing_packages[$2]=$3
}

libbpf_is_there() {
    local library
    for library in /usr/lib/*/libbpf.so.1 /usr/lib/libbpf.so.1 /usr/lib64/libbpf.so.1 /lib/*/libbpf.so.1; do
        [ -e "$library" ] && return
    done
    return 1
}

# jdk_major FOLDER: prints the major version of the JDK there, nothing if it is none.
jdk_major() {
    local version=
    [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 0
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
    [ "$version" != 1 ] || version=8
    echo "$version"
}

# Sets JAVA_HOME to a JDK of version 17 or newer: the one named already, else a 17, else any. Fails when there is none.
jdk_remark=
find_jdk() {
    local candidate major chosen='' on_path=''
    jdk_remark=
    if [ -n "${JAVA_HOME:-}" ]; then
        major=$(jdk_major "$JAVA_HOME")
        [ "${major:-0}" -ge 17 ] && return
        jdk_remark=" (JAVA_HOME names $JAVA_HOME, which is ${major:+version }${major:-no JDK})"
    fi
    command -v javac > /dev/null && on_path=$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")
    for candidate in ${on_path:+"$on_path"} /usr/lib/jvm/*; do
        major=$(jdk_major "$candidate")
        if [ "${major:-0}" -eq 17 ]; then
            chosen=$candidate
            break
        elif [ "${major:-0}" -gt 17 ] && [ -z "$chosen" ]; then
            chosen=$candidate
        elif [ -n "$major" ] && [ "$major" -lt 17 ] && [ -z "$jdk_remark" ]; then
            jdk_remark=" ($candidate is version $major, which is too old)"
        fi
    done
    [ -n "$chosen" ] || return 1
    export JAVA_HOME=$chosen
}

# second_jdk: prints the folder of a JDK 25 or newer; nothing if there is none.
second_jdk() {
    local candidate major
    for candidate in ${JAVA25_HOME:+"$JAVA25_HOME"} /usr/lib/jvm/*; do
        major=$(jdk_major "$candidate")
        if [ "${major:-0}" -ge 25 ] && [ "$candidate" != "$JAVA_HOME" ]; then
            echo "$candidate"
            return
        fi
    done
}

packages_by_name() {
    printf '%s\n' "${!missing_packages[@]}" | sort
}

say_missing() {
    local package
    echo "countersign: this machine lacks what the command needs:" >&2
    [ ${#missing_things[@]} -eq 0 ] || printf '  %s\n' "${missing_things[@]}" >&2
    for package in $(packages_by_name); do
        printf '  %s: %s\n' "$package" "${missing_packages[$package]}" >&2
    done
    if [ ${#missing_packages[@]} -gt 0 ]; then
        if command -v apt-get > /dev/null; then
            echo "Run as root: apt-get install --no-install-recommends $(packages_by_name | tr '\n' ' ')" >&2
        else
            echo "The names are those of Debian 12; install the same with this machine's package manager." >&2
        fi
    fi
}

install_missing() {
    [ "$(id -u)" -eq 0 ] && command -v apt-get > /dev/null || return 0
    local package log=$state/apt.log
    mkdir -p "$state"
    echo "Installing with apt-get what is missing:"
    for package in $(packages_by_name); do
        printf '  %-24s %s\n' "$package" "${missing_packages[$package]}"
    done
    hold_services
    # shellcheck disable=SC2046 # one word per package
    if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $(packages_by_name); } \
            > "$log" 2>&1 < /dev/null; then
        release_services
        tail -n 15 "$log" >&2
        echo "countersign: apt-get failed; the whole of it is in ${log#"$root"/}" >&2
        exit 1
    fi
    release_services
    hash -r
}

# Packages such as nginx start a service when they are installed. Debian asks this file whether they may.
hold_services() {
    held_policy=
    if [ ! -e /usr/sbin/policy-rc.d ]; then
        held_policy=/usr/sbin/policy-rc.d
        trap release_services EXIT
        printf '#!/bin/sh\nexit 101\n' > "$held_policy"
        chmod 755 "$held_policy"
    fi
}

release_services() {
    [ -z "${held_policy:-}" ] || rm -f "$held_policy"
    held_policy=
    trap - EXIT
}
