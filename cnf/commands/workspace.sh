#!/usr/bin/env bash
# The bnd command line reads cnf/ as a workspace and resolves the image to exactly the bundles that are committed. Needs the
# modules in the local Maven repository, as 'mvn install' puts them there.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
bnd=biz.aQute.bnd:biz.aQute.bnd:7.1.0
copy=$(mktemp -d "${TMPDIR:-/tmp}/countersign-workspace.XXXXXX")
trap 'rm -rf "$copy"' EXIT

repository=$(mvn -B -o -q -f "$root/pom.xml" -N help:evaluate -Dexpression=settings.localRepository -DforceStdout 2> /dev/null) \
    || repository=$HOME/.m2/repository
jar=$repository/biz/aQute/bnd/biz.aQute.bnd/7.1.0/biz.aQute.bnd-7.1.0.jar
[ -e "$jar" ] || mvn -B -ntp -q -f "$root/pom.xml" -N dependency:get -Dartifact="$bnd" -Dtransitive=false

# A copy: bnd writes its caches into cnf/, and -runbundles into the run file.
cp -r "$root/cnf" "$copy/cnf"
cp "$root/bnd.bnd" "$copy/"
mkdir "$copy/distro"
cp "$root"/distro/*.bndrun "$copy/distro/"
cd "$copy"

"$JAVA_HOME/bin/java" -jar "$jar" resolve resolve --workspace "$copy" --bundles "$copy/distro/agent.bndrun" | tee resolved
[ "$(grep -c . resolved)" -ge 5 ]
