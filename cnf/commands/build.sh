# shellcheck shell=bash
# shellcheck disable=SC2154 # root and state are set by ./countersign
# Building with Maven: only when a source has changed, without the network when the dependencies are there.

# The digest of every source file, their names included. What Git ignores does not count, nor do documents.
sources_digest() {
    (
        cd "$root" || exit
        if [ -e .git ] && command -v git > /dev/null; then
            git ls-files -z --cached --others --exclude-standard
        else
            find . \( -name target -o -name .git \) -prune -o -type f -print0
        fi | sort -z | grep -zv -e '\.md$' -e '^docs/' | xargs -0 -r sha256sum 2> /dev/null
        echo "$JAVA_HOME"
    ) | sha256sum | cut -d' ' -f1
}

# The digest of what decides which dependencies are needed.
poms_digest() {
    find "$root" -name target -prune -o -name pom.xml -print0 | sort -z | xargs -0 cat | sha256sum | cut -d' ' -f1
}

# maven LOG WORDS...: runs Maven, prints one line per module; without the network when that is known to do. The whole output
# goes to the log.
maven() {
    local log=$1 known stamp=$state/dependencies-of
    shift
    mkdir -p "$state"
    # One line for each use of Maven that has worked with these modules, without options that differ by machine.
    known="$(poms_digest) ${*/#-Djvm=*/}"
    if grep -Fxqs "$known" "$stamp"; then
        if maven_once "$log" -o "$@"; then
            return 0
        elif ! grep -q 'offline mode' "$log"; then
            return 1
        fi
        echo "Some dependencies have gone; fetching them again."
    fi
    maven_once "$log" "$@" || return 1
    echo "$known" >> "$stamp"
}

maven_once() {
    local log=$1
    shift
    mvn -B -ntp -f "$root/pom.xml" "$@" 2>&1 < /dev/null | tee "$log" \
        | sed -un -e 's/^\[INFO\] Building \(.*\S\)  *\(\[[0-9/]*\]\)$/  \2 \1/p' -e '/^\[ERROR\]/p' -e '/Tests run:.*Time elapsed.*FAIL/p'
}

build() {
    local digest
    mkdir -p "$state"
    exec 9> "$state/lock"
    flock 9
    digest=$(sources_digest)
    if [ "$(cat "$state/built" 2> /dev/null)" != "$digest" ] || [ ! -x "$root/distro/target/image/bin/countersign" ]; then
        echo "Building (one to two minutes the first time; log in target/countersign/build.log)"
        rm -f "$state/built"
        if ! maven "$state/build.log" -DskipTests install; then
            echo "countersign: the build failed; the whole output is in target/countersign/build.log" >&2
            exit 1
        fi
        prepare_image
        echo "$digest" > "$state/built"
    fi
    exec 9>&-
}

# The class archive fits one Java and one place, so Maven does not make it. Without it 'status' is slower, nothing else.
prepare_image() {
    "$root/distro/target/image/bin/countersign" prepare || true
}

clean() {
    find "$root" -name target -type d -not -path '*/src/*' -prune -exec rm -rf {} +
}
