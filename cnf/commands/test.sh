# shellcheck shell=bash
# shellcheck disable=SC2154 # root and state are set by ./countersign
# Every test there is: unit, vectors, kernel, wiring, namespaces; the unit tests again on a second JDK; checks of the build.

run_tests() {
    local started=$SECONDS digest failed=0 jdk
    mkdir -p "$state"
    exec 9> "$state/lock"
    flock 9
    digest=$(sources_digest)
    rm -rf "$state/built" "$state/checks" "$state/totals"
    mkdir -p "$state/checks"
    find "$root" -type d \( -name 'surefire-reports*' -o -name 'failsafe-reports*' \) -prune -exec rm -rf {} +

    echo "Building and testing on JDK $(jdk_major "$JAVA_HOME") (log in target/countersign/test.log)"
    if maven "$state/test.log" --fail-at-end install; then
        prepare_image
        echo "$digest" > "$state/built"
    else
        failed=1
        echo "countersign: the build with its tests failed; the whole output is in target/countersign/test.log" >&2
    fi
    move_reports first

    jdk=$(second_jdk)
    if [ -n "$jdk" ]; then
        echo "Unit tests again on JDK $(jdk_major "$jdk") (log in target/countersign/test-second.log)"
        maven "$state/test-second.log" --fail-at-end surefire:test@default-test -Djvm="$jdk/bin/java" || failed=1
        move_reports second
    fi

    echo "Checks of the build"
    check reproducible "two builds in different folders give the same bytes" "$root/cnf/commands/reproducible.sh"
    check workspace "the bnd command reads the workspace and resolves the image" "$root/cnf/commands/workspace.sh"
    exec 9>&-

    "$JAVA_HOME/bin/java" "$root/cnf/commands/Totals.java" "$root" "$state/totals" "${jdk:+yes}" || failed=1
    echo "Took $((SECONDS - started)) s."
    return "$failed"
}

move_reports() {
    local folder
    find "$root" -type d -name surefire-reports -prune -print | while read -r folder; do
        mv "$folder" "$folder-$1"
    done
}

# check NAME WHAT COMMAND: runs it and writes its outcome like a test's.
check() {
    local name=$1 what=$2 log=$state/checks/$1.log outcome=
    shift 2
    if ! JAVA_HOME=$JAVA_HOME "$@" > "$log" 2>&1 < /dev/null; then
        outcome='<failure message="see the log"/>'
        tail -n 12 "$log" >&2
        echo "countersign: check failed: $what; log in target/countersign/checks/$name.log" >&2
    fi
    cat > "$state/checks/TEST-$name.xml" <<XML
<testsuite name="build" tests="1"><testcase classname="build" name="$what">$outcome</testcase></testsuite>
XML
}

bench_policy() {
    local jar=$root/itests/bench-policy/target/benchmarks.jar
    if [ ! -e "$jar" ]; then
        echo "countersign: the policy benchmarks are not in this checkout" >&2
        exit 1
    fi
    "$JAVA_HOME/bin/java" -jar "$jar" "$@"
}
