# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # root and state are set by ./countersign, missing_packages is read there
# Guest software of Debian that the namespace tests run through the agent. Its packages are unpacked below target/ and never
# installed: installed, waagent and cloud-init take charge of the machine at its next boot.

# The tests are written for the versions of Debian 12 and need root. Elsewhere they are skipped and say why.
clients_can_run() {
    [ "$(id -u)" -eq 0 ] && grep -qsx 'VERSION_CODENAME=bookworm' /etc/os-release \
        && command -v apt-get > /dev/null && command -v dpkg-deb > /dev/null
}

need_clients() {
    clients_can_run || return 0
    local library libraries=/usr/lib/python3/dist-packages
    want_file /usr/bin/python3 python3 "runs waagent and cloud-init in the tests"
    want_file /usr/bin/openssl openssl "is called by waagent in the tests"
    for library in distro pkg_resources; do
        want_file "$libraries/$library" "python3-${library//_/-}" "is needed by waagent in the tests"
    done
    for library in configobj jinja2 jsonpatch.py jsonschema oauthlib requests serial yaml; do
        want_file "$libraries/$library" "python3-${library%.py}" "is needed by cloud-init in the tests"
    done
    compgen -G "$libraries/netifaces*.so" > /dev/null || missing_packages[python3-netifaces]="is needed by cloud-init in the tests"
}

# Fetches and unpacks what is not there yet. A failure is said and skips the tests that need it.
unpack_clients() {
    local package
    clients_can_run || return 0
    for package in waagent cloud-init; do
        [ -d "$state/clients/$package" ] || unpack_client "$package" || echo \
            "countersign: Debian's $package could not be fetched, its tests will be skipped (log in target/countersign/clients.log)" >&2
    done
}

unpack_client() {
    local package=$1 part=$state/clients/$1.part
    rm -rf "$part"
    mkdir -p "$part/files"
    echo "Fetching Debian's $package, which the tests run through the agent (unpacked below target/, not installed)"
    (
        # Not errexit: this runs as a condition.
        cd "$part" || exit
        apt-get download -q "$package" || { apt-get update -q && apt-get download -q "$package"; } || exit
        dpkg-deb --extract "$package"_*.deb files
    ) > "$state/clients.log" 2>&1 < /dev/null || return
    mv "$part/files" "$state/clients/$package"
    rm -rf "$part"
}
