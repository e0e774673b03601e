#!/usr/bin/env bash
# Builds the checkout a second time, in another folder, and compares every jar and kernel object with the first build's.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
second=$(mktemp -d "${TMPDIR:-/tmp}/countersign-second.XXXXXX")
trap 'rm -rf "$second"' EXIT

(cd "$root" && tar --exclude=target --exclude=.git -cf - .) | tar -xf - -C "$second"
# -DskipTests also for the tests' own modules: their jars are compared too. Nothing is installed.
mvn -B -ntp -o -q -f "$second/pom.xml" -DskipTests package

compared=0
different=0
while read -r file; do
    compared=$((compared + 1))
    if ! cmp "$root/$file" "$second/$file"; then
        different=$((different + 1))
    fi
done < <(cd "$root" && find . -path '*/target/*' \( -name 'countersign.*.jar' -o -name '*.bpf.o' \) \
    -not -path './target/*' -not -path '*/target/tmp/*' -not -path '*/target/countersign-*/*' -not -path '*/target/classes/*' -type f | sort)

echo "$compared files compared, $different different"
[ "$compared" -ge 10 ] && [ "$different" -eq 0 ]
