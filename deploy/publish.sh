#!/usr/bin/env bash
# Makes one archive with everything that a server needs: deploy/publish.sh [--accelerator cpu|cuda] [--runtime linux-x64|linux-arm64] [--output FILE.tar.gz]
# --runtime is the servers' (default: this machine's). The server needs the ASP.NET Core runtime 10 and, for CUDA, its libraries; nothing is fetched there.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
accelerator=cpu output=evergrain.tar.gz machine=--use-current-runtime
while [[ $# -gt 0 ]]; do
  case $1 in
    --accelerator) accelerator=$2; shift 2 ;;
    --runtime) machine=--runtime=$2; shift 2 ;;
    --output) output=$2; shift 2 ;;
    *) echo "usage: deploy/publish.sh [--accelerator cpu|cuda] [--runtime linux-x64|linux-arm64] [--output FILE.tar.gz]" >&2; exit 2 ;;
  esac
done

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/evergrain"
for project in Cli Silo Gateway WebUI; do
  # Compiled for the machine, so that processes start with what they would compile first already compiled. The page is for browsers, and its server comes with it.
  if [[ $project == WebUI ]]; then compiled=(); else compiled=("$machine" -p:PublishReadyToRun=true); fi
  dotnet publish "$root/src/$project" --configuration Release --output "$folder/evergrain/${project,,}" -p:Accelerator="$accelerator" \
    "${compiled[@]}" --disable-build-servers -nologo -v:quiet
done
# What packages bring for other systems.
rm -rf "$folder"/evergrain/*/runtimes/{win,osx,android,ios,browser,maccatalyst}*
git -C "$root" rev-parse --short HEAD >"$folder/evergrain/VERSION" 2>/dev/null || date -u +%Y%m%d%H%M%S >"$folder/evergrain/VERSION"
cp -r "$root/models" "$root/docs" "$root/evergrain.yaml" "$root/deploy/install.sh" "$root/deploy/systemd" "$root/deploy/keepalived" "$folder/evergrain/"
tar -C "$folder" -czf "$output" evergrain
echo "$output ($(du -h "$output" | cut -f1)): on each server, tar xzf it and evergrain/install.sh --node NAME"
