#!/usr/bin/env bash
# Installs, upgrades or removes Evergrain on one server, from the unpacked archive of deploy/publish.sh. Idempotent; fetches nothing.
#   install.sh --node NAME [--config FILE] [--address ADDRESS/BITS [--interface NAME]] [--root DIR] [--no-start]
#   install.sh --uninstall [--purge] [--root DIR]
# --node      which server of the YAML this one is
# --config    a YAML to put into /etc/evergrain (kept as it is where there is one already)
# --address   the floating address of the servers of the YAML: sets keepalived up for it (a package of the distribution); kept at the next run
# --interface where to put it (default: the one that has this server's own address)
# --root      install below this folder instead of / (for images and tests); starts nothing
# --purge     with --uninstall: configuration and state, too
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
node='' config='' address='' interface='' root='' start=yes remove='' purge=''
usage() { sed -n '2,11s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
while [[ $# -gt 0 ]]; do
  case $1 in
    --node) node=${2:?}; shift 2 ;;
    --config) config=${2:?}; shift 2 ;;
    --address) address=${2:?}; shift 2 ;;
    --interface) interface=${2:?}; shift 2 ;;
    --root) root=${2:?}; start=no; shift 2 ;;
    --no-start) start=no; shift ;;
    --uninstall) remove=yes; shift ;;
    --purge) purge=yes; shift ;;
    *) usage ;;
  esac
done

opt=$root/opt/evergrain etc=$root/etc/evergrain var=$root/var/lib/evergrain units=$root/etc/systemd/system
keepalived=$root/etc/keepalived/keepalived.conf
ours='# Written by install.sh of Evergrain, and anew at its next run.'
systemctl_or_not() { if [[ $start == yes ]] && command -v systemctl >/dev/null; then systemctl "$@" || true; fi; }
own() { [[ -n $root ]] || chown -R evergrain:evergrain "$@"; }

if [[ -n $remove ]]; then
  [[ -n $root ]] || start=yes
  systemctl_or_not disable --now evergrain.target 2>/dev/null
  systemctl_or_not stop 'evergrain-*@*' 2>/dev/null
  rm -rf "$opt" "$units"/evergrain.target "$units"/evergrain-*@.service "$units/evergrain.target.wants" "$root/usr/local/bin/evergrain"
  if head -n 1 "$keepalived" 2>/dev/null | grep -qxF "$ours"; then
    systemctl_or_not disable --now keepalived
    rm -f "$keepalived"
  fi
  [[ -z $purge ]] || rm -rf "$etc" "$var"
  systemctl_or_not daemon-reload
  echo "removed${purge:+, with configuration and state}"
  exit 0
fi

[[ -n $node ]] || usage
[[ -x $here/cli/evergrain ]] || { echo "$here has no cli/evergrain: run this from the unpacked archive of deploy/publish.sh" >&2; exit 1; }
[[ -n $root || $(id -u) -eq 0 ]] || { echo "run it as root (or with --root DIR)" >&2; exit 1; }
if ! command -v dotnet >/dev/null || ! dotnet --list-runtimes | grep -q '^Microsoft.AspNetCore.App 10\.'; then
  echo "the ASP.NET Core runtime 10 is missing (Debian, Ubuntu: apt install aspnetcore-runtime-10.0)" >&2
  exit 1
fi
if [[ -z $root ]] && ! id evergrain >/dev/null 2>&1; then
  useradd --system --home-dir /var/lib/evergrain --shell /usr/sbin/nologin evergrain
fi

# Each version in a folder of its own, and a link to the one that runs: an upgrade replaces no file of a running process, and the way back is the link.
version=$(cat "$here/VERSION")
install -d "$opt/$version" "$etc" "$var" "$units" "$root/usr/local/bin"
for part in cli silo gateway webui models docs keepalived; do
  rm -rf "$opt/$version/$part.new"
  cp -r "$here/$part" "$opt/$version/$part.new"
  rm -rf "${opt:?}/$version/$part"
  mv "$opt/$version/$part.new" "$opt/$version/$part"
done
ln -sfn "$version" "$opt/current"

# The model of the installation, where the file names none of its own.
wanted=$(sed 's|path: models/default|path: /opt/evergrain/current/models/default|' "${config:-$here/evergrain.yaml}")
if [[ ! -e $etc/evergrain.yaml ]]; then
  printf '%s\n' "$wanted" >"$etc/evergrain.yaml"
elif [[ -n $config && $wanted != "$(cat "$etc/evergrain.yaml")" ]]; then
  echo "kept $etc/evergrain.yaml, which differs from $config" >&2
fi
# What processes write lies beside the YAML by its name, and in /var/lib by its place.
[[ -e $etc/.evergrain || -L $etc/.evergrain ]] || ln -s /var/lib/evergrain "$etc/.evergrain"
own "$var"

cat >"$root/usr/local/bin/evergrain" <<'END'
#!/bin/sh
# The command line of the installed Evergrain, with its configuration.
dotnet=$(command -v dotnet) && export DOTNET_ROOT="${DOTNET_ROOT:-$(dirname "$(readlink -f "$dotnet")")}"
case " $* " in
  *" --config "*) exec /opt/evergrain/current/cli/evergrain "$@" ;;
  *) cd /etc/evergrain && exec /opt/evergrain/current/cli/evergrain "$@" ;;
esac
END
chmod 755 "$root/usr/local/bin/evergrain"
if [[ ! -e $etc/environment ]]; then
  printf '# For the processes of Evergrain: PGPASSWORD, ${NAME} of webhooks.\nDOTNET_ROOT=%s\n' "$(dirname "$(readlink -f "$(command -v dotnet)")")" >"$etc/environment"
  chmod 640 "$etc/environment"
fi

cp "$here"/systemd/* "$units/"
rm -rf "$units/evergrain.target.wants"
install -d "$units/evergrain.target.wants"
ask() { (cd "$etc" && DOTNET_ROOT=$(dirname "$(readlink -f "$(command -v dotnet)")") "$opt/current/cli/evergrain" "$@" --config evergrain.yaml); }
processes=$(ask processes --node "$node")
while read -r kind name; do
  ln -s "/etc/systemd/system/evergrain-$kind@.service" "$units/evergrain.target.wants/evergrain-$kind@$name.service"
done <<<"$processes"

# The servers hold the floating address among them: who is who comes from the YAML.
write_keepalived() {
  local name host gateway self='' port='' peers='' priority=0 rank=155 database
  while read -r name host gateway; do
    rank=$((rank - 1))
    [[ $gateway != - ]] || continue # has no gateway: the address is not for it
    host=$(getent ahostsv4 "$host" | awk 'NR == 1 {print $1}')
    [[ -n $host ]] || { echo "--address: the host of node $name has no IPv4 address" >&2; exit 1; }
    if [[ $name == "$node" ]]; then self=$host port=$gateway priority=$rank; else peers+="${peers:+ \\$'\n'}$host"; fi
  done < <(ask nodes)
  [[ -n $self ]] || { echo "--address: node $node has no gateway in the YAML" >&2; exit 1; }
  [[ -n $peers ]] || { echo "--address: the YAML has gateways on no other server" >&2; exit 1; }
  database=$(ask database hosts | xargs)
  [[ -n $database ]] || { echo "--address: the connection string in the YAML names no host that other servers could reach" >&2; exit 1; }
  [[ -n $interface ]] || interface=$(ip -4 -o address show | awk -v self="$self" '$4 ~ "^" self "/" {print $2; exit}')
  [[ -n $interface ]] || { echo "--address: no interface here has $self; name one with --interface" >&2; exit 1; }
  if [[ -e $keepalived ]] && ! head -n 1 "$keepalived" | grep -qxF "$ours"; then
    echo "kept $keepalived, which is not ours: see /opt/evergrain/current/keepalived/evergrain.conf for what it needs" >&2
    return
  fi
  install -d "$(dirname "$keepalived")"
  cat >"$keepalived" <<END
$ours
\$INTERFACE=$interface
\$ADDRESS=$address
\$SELF=$self
\$PEERS=$peers
\$PRIORITY=$priority
\$CHECKS=/opt/evergrain/current/keepalived
\$GATEWAY=${port%:*} ${port##*:}
\$DATABASE=$database
include /opt/evergrain/current/keepalived/evergrain.conf
END
  command -v keepalived >/dev/null || echo "$keepalived is written, but keepalived is missing: install the package of that name" >&2
}
if [[ -z $address ]] && head -n 1 "$keepalived" 2>/dev/null | grep -qxF "$ours"; then
  # What it takes in has just been replaced: both must be of one version.
  address=$(sed -n 's/^\$ADDRESS=//p' "$keepalived")
  [[ -n $interface ]] || interface=$(sed -n 's/^\$INTERFACE=//p' "$keepalived")
fi
[[ -z $address ]] || write_keepalived

systemctl_or_not daemon-reload
systemctl_or_not enable evergrain.target
# Started, or replaced, one by one and silos first: each is ready before the next is touched, so that the others carry the load.
until_ready() {
  for _ in $(seq 120); do
    "$root/usr/local/bin/evergrain" status --json 2>/dev/null | tr -d ' \n' | grep -q "\"name\":\"$1\"[^}]*\"state\":\"ready\"" && return
    sleep 1
  done
  echo "$1 is not ready after two minutes: journalctl -u 'evergrain-*@$1'; the rest is untouched" >&2
  exit 1
}
if [[ $start == yes ]] && command -v systemctl >/dev/null; then
  while read -r kind name; do
    systemctl restart "evergrain-$kind@$name"
    until_ready "$name"
  done <<<"$processes"
fi
systemctl_or_not start evergrain.target
if [[ -n $address ]]; then
  systemctl_or_not enable keepalived
  systemctl_or_not reload-or-restart keepalived
fi
echo "$version is installed: $(wc -l <<<"$processes") processes of node $node"
