#!/bin/sh
# Makes sure of the weights that a command needs, and becomes the command: entry.sh COMMAND…
#
# Which they are is told by the configuration of HuMo among the words of the command; a command without one needs none.
# They go to "weights" in the working directory, which has to be there: a volume, so that they stay. One process at a time
# downloads; what it leaves behind when it is stopped is gone on with. The mark ".complete-VARIANT" is made once all files
# are there with the sizes (which the downloader compares) and SHA-256 sums (compared here) that the hub has for them, and
# holds the rows of the list: another list is looked at anew.
#
# HF_TOKEN           token of the hub, where it wants one; the command does not get it
# WEIGHTS_LIST       what to download; by default weights.list beside this file
# WEIGHTS_DOWNLOADER the program that does it; by default hf, the tool of the hub
# WEIGHTS_REPORT     seconds between two lines that say how far it is; by default 30
# HTTPS_PROXY, HF_ENDPOINT and all others reach the downloader as they are.
#
# Needs a POSIX shell, awk, df, du, find, flock, mktemp, sed, sha256sum, stat. Exit codes: 1 for what is wrong with the
# weights, 143 where it was stopped, otherwise those of the command.

set -uf
say() { printf '[weights] %s\n' "$*"; }
fail() {
  say "error: $*"
  clean_up
  exit 1
}

# $1: how a process of ours is ended. It is waited for; one that does not listen is killed.
end_child() {
  [ -n "$child" ] || return 0
  kill -s TERM "$child" 2>/dev/null
  (sleep 3 && kill -s KILL "$child") 2>/dev/null &
  wait "$child"
  kill "$!" 2>/dev/null
}
end_reports() {
  [ -z "$reports" ] || kill -s TERM "$reports" 2>/dev/null
  reports=
}
clean_up() {
  end_reports
  [ -z "$scratch" ] || rm -rf "$scratch"
  scratch=
}
stop() {
  trap '' TERM INT HUP
  end_child
  clean_up
  say 'stopped; what was downloaded is kept'
  exit 143
}

# Runs the words after the first, which is the file for what they say. A shell hears signals only while it waits.
run_to() {
  file=$1
  shift
  "$@" </dev/null >"$file" 2>&1 &
  child=$!
  wait "$child"
  status=$?
  child=
  return "$status"
}

# Rows of the list for the variant; none where the list cannot be read.
rows_of_variant() {
  awk -v variant="$variant" '!/^[ \t]*(#|$)/ && index("," $1 ",", "," variant ",") { $1 = $1; print }' "$list"
}

# $1: a folder of the weights. Further ones: patterns. Prints the files that match, relative to the weights.
files_of() {
  folder=$1
  shift
  [ -d "$weights/$folder" ] || return 0
  (cd "$weights" && find "$folder" -type f ! -path '*/.cache/*') | while IFS= read -r path; do
    for pattern in "$@"; do
      # shellcheck disable=SC2254 # a pattern it is
      case ${path#"$folder"/} in $pattern) printf '%s\n' "$path" && break ;; esac
    done
  done
}

size_of() { stat -c %s "$weights/$1" 2>/dev/null; }

# All that the mark names is there in the size that it names, and nothing else is wanted.
is_complete() {
  [ -f "$mark" ] && [ "$(sed -n 's/^row //p' "$mark")" = "$rows" ] || return 1
  while read -r kind size path; do
    [ "$kind" = file ] || continue
    lost=$path
    [ "$(size_of "$path")" = "$size" ] || return 1
  done <"$mark"
  lost=
}

# Waits until no other process has the lock; it is free as soon as its holder has ended, however it did.
take_lock() {
  (: >>"$weights/.lock") 2>/dev/null || fail "$weights cannot be written by user $(id -u)"
  exec 9>>"$weights/.lock"
  waited=0
  until flock -n 9; do
    status=$?
    [ "$status" = 1 ] || fail "$weights cannot be locked (flock ended with $status)"
    [ "$((waited % report_seconds))" != 0 ] || say 'waiting for another process that downloads'
    waited=$((waited + 1))
    run_to /dev/null sleep 1
  done
}

# What is there counts, also where it is not whole. Sizes in the list are rounded.
check_space() {
  wanted=$(printf '%s\n' "$rows" | while read -r _ _ _ folder gigabytes patterns; do
    # shellcheck disable=SC2086 # patterns are words
    files_of "$folder" $patterns | while IFS= read -r path; do size_of "$path"; done |
      awk -v all="$gigabytes" '{ have += $1 } END { left = all * 1e9 - have; print (left > all * 1e8 ? left : 0) }'
  done | awk '{ sum += $1 } END { printf "%.0f", sum }')
  begun=$(find "$weights/" -name '*.incomplete' -exec stat -c %s {} + | awk '{ sum += $1 } END { printf "%.0f", sum }')
  free=$(df -Pk "$weights" | awk 'NR == 2 { printf "%.0f", $4 * 1024 }')
  awk -v wanted="$wanted" -v begun="$begun" -v free="$free" 'BEGIN { exit !(wanted - begun > free) }' || return 0
  fail "$(awk -v wanted="$((wanted - begun))" -v free="$free" -v where="$weights" \
    'BEGIN { printf "%s needs %.1f GB more, and %.1f GB are free there", where, wanted / 1e9, free / 1e9 }')"
}

# $1: a repository. $2: its folder. Says now and then how much there is, as long as this process lives.
begin_reports() {
  (
    nap=
    trap '[ -z "$nap" ] || kill "$nap" 2>/dev/null; exit' TERM
    while kill -0 "$$" 2>/dev/null; do
      sleep "$report_seconds" &
      nap=$!
      wait "$nap"
      say "$1: $(du -sk "$weights/$2" 2>/dev/null | awk '{ printf "%.1f", $1 * 1024 / 1e9 }') GB are there"
    done
  ) 9>&- &
  reports=$!
}

# What the downloader has said, without the token.
said() {
  tr '\r' '\n' <"$scratch/said" | awk '
    { token = ENVIRON["HF_TOKEN"]
      while (token != "" && (at = index($0, token)) > 0) $0 = substr($0, 1, at - 1) "***" substr($0, at + length(token)) }
    NF { print }' | tail -n 20
}

# $1: repository. $2: revision. $3: folder. Further ones: patterns.
download() {
  repository=$1 revision=$2 target=$3
  shift 3
  say "$repository: downloading"
  begin_reports "$repository" "$target"
  # The hub's other protocol begins a file anew after a break.
  run_to "$scratch/said" env HF_HUB_DISABLE_XET="${HF_HUB_DISABLE_XET-1}" HF_HOME="${HF_HOME-$scratch/hub}" \
    HF_HUB_DISABLE_PROGRESS_BARS=1 \
    "$downloader" download "$repository" --revision "$revision" --local-dir "$weights/$target" \
    --include "$@"
  status=$?
  end_reports
  [ "$status" != 0 ] || return 0
  say "error: $repository could not be downloaded (exit code $status): $(said | tail -n 1)"
  said | sed 's/^/[weights]   /'
  clean_up
  exit 1
}

# The same. The downloader notes for each file what the hub has: its SHA-256 where the file is large.
verify() {
  repository=$1 target=$3
  shift 3
  for pattern in "$@"; do
    [ -n "$(files_of "$target" "$pattern")" ] || fail "$repository has no $pattern"
  done
  files_of "$target" "$@" >"$scratch/files"
  say "$repository: checking"
  while IFS= read -r path; do
    note=$weights/$target/.cache/huggingface/download/${path#"$target"/}.metadata
    expected=$(sed -n 2p "$note" 2>/dev/null)
    printf 'file %s %s\n' "$(size_of "$path")" "$path" >>"$scratch/mark"
    [ "${#expected}" = 64 ] || continue
    run_to "$scratch/sum" sha256sum "$weights/$path" || fail "$path cannot be read"
    read -r sum _ <"$scratch/sum"
    [ "$sum" != "$expected" ] || continue
    rm -f "$weights/$path" "$note"
    damaged="$damaged $path"
  done <"$scratch/files"
}

# $1: how each row of the list is treated.
for_each_row() {
  while read -r _ repository revision target _ patterns; do
    # shellcheck disable=SC2086 # patterns are words
    "$1" "$repository" "$revision" "$target" $patterns
  done <<ROWS
$rows
ROWS
}

ensure_weights() {
  rows=$(rows_of_variant)
  [ -n "$rows" ] || fail "$list names no weights for $variant"
  [ -d "$weights" ] || fail "there is no $weights: mount a volume there"
  mark=$weights/.complete-$variant
  lost=
  ! is_complete || return 0
  take_lock
  ! is_complete || return 0
  [ -z "$lost" ] || say "$lost is not what it was"
  command -v "$downloader" >/dev/null || fail "$downloader is not installed"
  # In the volume only where there is nothing else: what is said about a full disk would not fit on it.
  find "$weights/" -maxdepth 1 -name '.scratch.*' -exec rm -rf {} +
  scratch=$(mktemp -d 2>/dev/null || mktemp -d "$weights/.scratch.XXXXXX") || fail 'there is no room for temporary files'
  check_space
  for_each_row download
  printf '%s\n' "$rows" | sed 's/^/row /' >"$scratch/mark"
  damaged=
  for_each_row verify
  [ -z "$damaged" ] || fail "removed what is not as the hub has it, for the next start to download again:$damaged"
  { cat "$scratch/mark" >"$mark.new" && run_to /dev/null sync && mv -f "$mark.new" "$mark"; } || fail "$mark cannot be written"
  say 'complete'
}

[ "$#" -gt 0 ] || { echo 'usage: entry.sh COMMAND…' >&2; exit 2; }
[ ! -d /opt/venv/bin ] || PATH=/opt/venv/bin:$PATH
variant=
for word in "$@"; do
  case $word in
    *=*) ;;
    */generate_1_7B.yaml) variant=1.7b ;;
    */generate.yaml) variant=17b ;;
  esac
done
weights=$(pwd)/weights
list=${WEIGHTS_LIST-$(dirname "$0")/weights.list}
downloader=${WEIGHTS_DOWNLOADER-hf}
report_seconds=${WEIGHTS_REPORT-30}
child='' reports='' scratch=''
if [ -n "$variant" ]; then
  trap stop TERM INT HUP
  ensure_weights
  clean_up
  trap - TERM INT HUP
  exec 9>&-
fi
unset HF_TOKEN
exec "$@"
