#!/usr/bin/env bash
# The bnd command line reads cnf/ as a workspace and resolves each run file to exactly the bundles committed in it. Needs the
# modules in the local Maven repository, as 'mvn install' puts them there.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
version=7.1.0
copy=$(mktemp -d "${TMPDIR:-/tmp}/countersign-workspace.XXXXXX")
trap 'rm -rf "$copy"' EXIT
cd "$copy"

jar=$HOME/.m2/repository/biz/aQute/bnd/biz.aQute.bnd/$version/biz.aQute.bnd-$version.jar
[ -e "$jar" ] || mvn -B -ntp -q org.apache.maven.plugins:maven-dependency-plugin:3.8.1:get \
    -Dartifact="biz.aQute.bnd:biz.aQute.bnd:$version" -Dtransitive=false

# A copy, since bnd writes its caches into cnf/.
cp -r "$root/cnf" cnf
cp "$root/bnd.bnd" .
mkdir distro
cp "$root"/distro/*.bndrun distro/
# bnd looks for the workspace above the folder it is called in, and for run files below the workspace.
cd distro

for run in *.bndrun; do
    "$JAVA_HOME/bin/java" -jar "$jar" resolve resolve --bundles "distro/$run" < /dev/null | tee printed
    grep ';version=' printed | sort > resolved
    sed -n '/^-runbundles:/,$p' "$run" | grep -o "[^[:space:]]*;version='[^']*'" | sort > committed
    diff committed resolved
    echo "$run: $(wc -l < resolved) bundles, as committed"
    [ -s resolved ]
done
