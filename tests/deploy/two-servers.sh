#!/usr/bin/env bash
# Two servers as an operator sets them up, and one of them cut off: each a network and a file system of its own (namespaces and an overlay over
# this machine's), installed with deploy/install.sh from one archive, with keys, mutual TLS and keepalived; PostgreSQL on a third, callers on a fourth.
#   tests/deploy/two-servers.sh [ARCHIVE]      without an archive deploy/publish.sh makes one; needs root, iproute2, keepalived, curl, PostgreSQL
# systemd is not needed: the ExecStart line of each installed unit is run as its User, and again whenever it ends.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
archive=${1:-}
id=egd$$ # names of namespaces
work=$(mktemp -d)
floating=198.18.1.254
declare -A host=([a]=198.18.1.1 [b]=198.18.1.2 [d]=198.18.1.3 [c]=198.18.1.4) init=()
failed=0
chmod 755 "$work"

finish() {
  local name pid
  kill $(jobs -p) 2>/dev/null || true
  for pid in "${init[@]}"; do kill -9 "$pid" 2>/dev/null || true; done # with its process namespace everything in the server ends
  for name in s a b c d; do ip netns pids "$id$name" 2>/dev/null | xargs -r kill 2>/dev/null || true; done
  wait 2>/dev/null || true
  for name in s a b c d; do ip netns delete "$id$name" 2>/dev/null || true; done
  umount -l "$work/disk" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

say() { echo "$(date +%T) $*"; }
check() { # WHAT MEASURED CONDITION
  if (($3)); then say "passed: $1: $2"; else say "FAILED: $1: $2"; failed=1; fi
}
now() { date +%s%3N; }
on() { local name=$1; shift; nsenter --target "${init[$name]}" --mount --net --pid --root --wd -- "$@"; }

network() {
  ip netns add "${id}s"
  ip -n "${id}s" link add br0 type bridge
  ip -n "${id}s" link set br0 up
  local name
  for name in a b c d; do
    ip netns add "$id$name"
    ip -n "$id$name" link set lo up
    ip -n "${id}s" link add "to-$name" type veth peer name eth0 netns "$id$name"
    ip -n "${id}s" link set "to-$name" master br0
    ip -n "${id}s" link set "to-$name" up
    ip -n "$id$name" address add "${host[$name]}/24" dev eth0
    ip -n "$id$name" link set eth0 up
  done
}

database() {
  local programs
  programs=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)
  mkdir "$work/db"
  chown postgres "$work/db"
  runuser -u postgres -- "$programs/initdb" -D "$work/db/data" -U evergrain -A trust --no-sync --no-instructions >/dev/null
  echo 'host all all samenet trust' >>"$work/db/data/pg_hba.conf"
  ip netns exec "${id}d" runuser -u postgres -- "$programs/postgres" -D "$work/db/data" -h "${host[d]}" -k "$work/db" -c fsync=off >"$work/db/log" 2>&1 &
}

configuration() {
  mkdir "$work/unpacked"
  tar -C "$work/unpacked" -xzf "$archive"
  local evergrain=$work/unpacked/evergrain/cli/evergrain
  "$evergrain" certs --out "$work/certs" >/dev/null
  "$evergrain" key shop >"$work/key"
  key=$(sed -n 's|^key (shown this once): ||p' "$work/key")
  cat >"$work/evergrain.yaml" <<END
cluster: { id: pair, membership: { provider: postgresql, connection: "Host=${host[d]};Username=evergrain;Database=postgres;Timeout=2;Command Timeout=2" } }
model: { name: sentiment, path: models/default }
engine: { threads: 1 }
tls: { folder: certs }
keys:
$(grep -E '^ *- \{' "$work/key")
silos:
  - { name: silo-a, node: a, host: ${host[a]}, siloPort: 11111, gatewayPort: 30000, adminPort: 9101 }
  - { name: silo-b, node: b, host: ${host[b]}, siloPort: 11111, gatewayPort: 30000, adminPort: 9101 }
gateways:
  - { name: gateway-a, node: a, listen: ["http://0.0.0.0:8080"], public: "http://${host[a]}:8080" }
  - { name: gateway-b, node: b, listen: ["http://0.0.0.0:8080"], public: "http://${host[b]}:8080" }
webuis:
  - { name: webui-a, node: a, listen: ["http://0.0.0.0:7860"] }
  - { name: webui-b, node: b, listen: ["http://0.0.0.0:7860"] }
END
}

server() { # NAME: an init that holds its namespaces, over a file system in which everything of this machine is there and nothing is changed
  local name=$1 disk=$work/disk/$1
  mkdir -p "$disk"/{upper,work,merged}
  ip netns exec "$id$name" unshare --mount --pid --fork --kill-child sh -c "
    mount -t overlay overlay -o lowerdir=/,upperdir=$disk/upper,workdir=$disk/work $disk/merged
    mount --rbind /dev $disk/merged/dev && mount -t proc proc $disk/merged/proc && mount -t sysfs sysfs $disk/merged/sys && mount -t tmpfs tmpfs $disk/merged/tmp
    mount --bind $work/unpacked $disk/merged/mnt
    exec chroot $disk/merged sleep infinity" 2>"$work/$name.init" &
  local outer=$!
  for _ in $(seq 100); do
    init[$name]=$(pgrep -P "$outer" -x sleep || true)
    [[ -n ${init[$name]} ]] && break
    sleep 0.1
  done
  on "$name" install -d /etc/evergrain
  for file in ca.crt silo.crt silo.key client.crt client.key; do on "$name" sh -c "install -D -m 644 /dev/stdin /etc/evergrain/certs/$file" <"$work/certs/$file"; done
  on "$name" sh -c 'cat >/tmp/evergrain.yaml' <"$work/evergrain.yaml"
  on "$name" /mnt/evergrain/install.sh --node "$name" --config /tmp/evergrain.yaml --address "$floating/24" --no-start
  on "$name" bash -c "$runner" runner </dev/null >"$work/$name.log" 2>&1 &
}

# In systemd's place: the units that the target wants, and keepalived.
runner='
for unit in /etc/systemd/system/evergrain.target.wants/*; do
  name=${unit##*@} name=${name%.service}
  start=$(sed -n "s/^ExecStart=//p" "$unit" | sed "s/%i/$name/g") user=$(sed -n "s/^User=//p" "$unit")
  (while :; do
    (set -a; . /etc/evergrain/environment; EVERGRAIN_NAME=$name; cd /var/lib/evergrain; exec setpriv --reuid "$user" --regid "$user" --clear-groups $start) >>"/var/log/evergrain-$name.log" 2>&1
    echo "$(date +%T) $name ended with $?"
    sleep 1
  done) &
done
exec keepalived --dont-fork --log-console -f /etc/keepalived/keepalived.conf'

ask() { ip netns exec "${id}c" curl -sS --max-time "$1" -H "X-Api-Key: $key" -H 'Content-Type: application/json' -d '{"text":"房间很干净,服务也好"}' "${@:3}" "http://$2:8080/predict"; }

# A line for each question: when it was answered (ms), or "failed".
floating_caller() {
  while [[ -e $work/calling ]]; do
    if [[ $(ask 0.5 $floating 2>/dev/null) == *'"label"'* ]]; then now; else echo failed; fi
    sleep 0.05
  done
}
two_url_caller() { # FIRST OTHER
  while [[ -e $work/calling ]]; do
    if [[ $(ask 2 "$1" 2>/dev/null) == *'"label"'* || $(ask 3 "$2" 2>/dev/null) == *'"label"'* ]]; then now; else echo failed; fi
    sleep 0.05
  done
}

serves() { # SILO: whether both gateways get answers of it
  local gateway
  for gateway in a b; do
    for _ in $(seq 8); do ask 2 "${host[$gateway]}" -o /dev/null -D - 2>/dev/null | tr -d '\r' | grep -qix "x-served-by: $1" && continue 2; done
    return 1
  done
}
both_serve() { serves silo-a && serves silo-b; }
wait_for() { # SECONDS COMMAND…: milliseconds until it succeeds; nothing where it does not
  local start limit
  start=$(now) limit=$(($(now) + $1 * 1000))
  shift
  until "$@"; do
    [[ $(now) -lt $limit ]] || return 1
    sleep 0.1
  done
  echo $(($(now) - start))
}

cut_off() { # HOW CUT HEAL, each with NAME for the server's port
  local holder=b cut healed whole gap from answered requests bad holders
  ip -n "${id}a" -4 address show dev eth0 | grep -q " $floating/" && holder=a
  touch "$work/calling"
  floating_caller >"$work/floating" &
  local callers=($!)
  two_url_caller "${host[a]}" "${host[b]}" >"$work/two-url-1" &
  callers+=($!)
  two_url_caller "${host[b]}" "${host[a]}" >"$work/two-url-2" &
  callers+=($!)
  sleep 3
  say "server $holder, which has the address, is cut off: $1"
  cut=$(now)
  ip -n "${id}s" link set "to-$holder" $2
  sleep 10
  ip -n "${id}s" link set "to-$holder" $3
  healed=$(now)
  whole=$(wait_for 30 both_serve) || whole=''
  sleep 3
  rm "$work/calling"
  wait "${callers[@]}"
  read -r gap from < <(awk '/^[0-9]/ {if (last && $1 - last > most) {most = $1 - last; from = last} last = $1} END {print most + 0, from}' "$work/floating")
  answered=$(awk -v cut="$cut" -v healed="$healed" '/^[0-9]/ && $1 > cut && $1 < healed' "$work/floating" | wc -l)
  holders=$(for name in a b; do ip -n "$id$name" -4 address show dev eth0 | grep -q " $floating/" && echo $name || true; done | xargs)
  requests=$(cat "$work"/two-url-? | wc -l) bad=$(cat "$work"/two-url-? | grep -c failed || true)
  check "$1: longest gap of the floating address < 1.5 s" "$gap ms, begun $((from - cut)) ms after the cut and $((from - healed)) after healing ($answered answers while the server was away)" "gap < 1500 && answered > 20"
  check "$1: the address stays with the other server" "$holders" "$([[ $holders == [ab] && $holders != "$holder" ]] && echo 1 || echo 0)"
  check "$1: two-URL callers" "$bad failed of $requests" "bad == 0 && requests > 50"
  check "$1: both serve again within 30 s of healing" "${whole:-not} ms" "${whole:-99999} < 30000"
}

[[ $(id -u) -eq 0 ]] || { echo "run it as root" >&2; exit 1; }
for program in ip nsenter unshare keepalived curl; do command -v $program >/dev/null || { echo "$program is missing" >&2; exit 1; }; done
if [[ -z $archive ]]; then
  say "publishing"
  archive=$work/evergrain.tar.gz
  "$root/deploy/publish.sh" --output "$archive"
fi
mkdir "$work/disk"
mount -t tmpfs -o size=4g tmpfs "$work/disk"
network
database
configuration
server a
server b
up=$(wait_for 90 both_serve) || { say "FAILED: the pair does not serve within 90 s"; tail -n 20 "$work"/[ab].log; for n in a b; do on $n sh -c 'tail -n 5 /var/log/evergrain-*'; done; exit 1; }
say "both silos serve through both gateways, ${up} ms after the start"
wait_for 10 ask 1 $floating -o /dev/null >/dev/null || { say "FAILED: nobody answers at the floating address"; exit 1; }
status=$(ip netns exec "${id}c" curl -s -o /dev/null -w '%{http_code}' --json '{"text":"好"}' "http://$floating:8080/predict")
check "without a key" "$status" "status == 401"
titles=$(ip netns exec "${id}c" curl -s "http://$floating:7860/" | grep -c '<title>' || true)
check "the page by the floating address" "$titles title" "titles == 1"
users=$(for n in a b; do on $n ps -eo user:20,args | awk '$2 ~ /Evergrain\./ {print $1}'; done | sort | uniq -c | xargs)
check "who the processes run as" "$users" "$([[ $users == '6 evergrain' ]] && echo 1 || echo 0)"
# Twice: after the first the other server has the address.
cut_off "cut off by the switch" nomaster "master br0"
cut_off "cut off by the switch, the other" nomaster "master br0"
cut_off "cable pulled" down up

say "installing again, and removing"
before=$(on a cat /etc/keepalived/keepalived.conf)
on a /mnt/evergrain/install.sh --node a --no-start
check "what was set up is kept" "$(on a sh -c 'wc -l </etc/keepalived/keepalived.conf') lines for keepalived" "$([[ $(on a cat /etc/keepalived/keepalived.conf) == "$before" ]] && echo 1 || echo 0)"
on a /mnt/evergrain/install.sh --uninstall --purge
left=$(on a sh -c 'ls -d /opt/evergrain /etc/evergrain /var/lib/evergrain /etc/systemd/system/evergrain* /usr/local/bin/evergrain /etc/keepalived/keepalived.conf 2>/dev/null' | wc -l || true)
check "nothing is left after --uninstall --purge" "$left files" "left == 0"
[[ $failed -eq 0 ]] && say "two servers: passed" || say "two servers: FAILED"
exit $failed
