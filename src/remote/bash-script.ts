/**
 * The only place that makes shell text. Everything here is POSIX sh and runs on dash as well as on bash; what comes
 * from outside reaches a script as a positional parameter or through `quote`, never in another way.
 */

/** One word of POSIX shell, whatever it holds. Throws a `TypeError` for NUL, which no argument can hold. */
export function quote(word: string): string {
  if (word.includes('\0')) throw new TypeError('a shell word cannot hold NUL');
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Marker variable of an attempt: what every process of it carries in its environment. */
export const MARKER_VARIABLE = 'COSMOS_BOT_ATTEMPT';

/** Size that `exit.json` is reserved with, bytes: so that it can be written in place when the disk is full. */
export const EXIT_FILE_BYTES = 200;

/** What the wrapper writes to its standard output once the job has begun. */
export const STARTED_WORD = 'started';

export interface RunScriptOptions {
  /** Value of the marker variable. */
  readonly marker: string;
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** As `takeSecrets` makes them, where the job has secrets. */
  readonly secretLines?: string;
  /** Relative to the attempt directory, which is where the script is started, or absolute. */
  readonly workingDirectory: string;
  /** Time between the stop signal and the kill, ms. */
  readonly stopGraceMs: number;
}

/**
 * `run.sh`: takes the start guard, records itself, runs the job, passes a stop on, writes `exit.json`.
 *
 * Nothing but `mkdir` is forked before the job. The wrapper drops the marker once the job has it, so that its own
 * helpers (`date`, `grep`, `sleep`) are not taken for parts of the job.
 */
export function runScript(options: RunScriptOptions): string {
  const exports = Object.entries(options.environment).map(
    ([name, value]) => `  export ${name}=${quote(value)}`,
  );
  return `#!/bin/sh
# Attempt directory, format 1. Without a session of its own, the starter's processes would be taken for the job's.
read -r stat <"/proc/$$/stat"
set -- \${stat##*) }
[ "$4" = "$$" ] || exit 1
session=$4 group=$3
# Whoever makes "started" second changes nothing.
mkdir started 2>/dev/null || exit 0
# What a trap starts would take the job's place in "$!": until the job's id is known a stop is only noted.
early=false
trap 'early=true' TERM INT HUP
exec 3>&1 >>run.log 2>&1 </dev/null
read -r boot </proc/sys/kernel/random/boot_id
echo "$$ \${20} $boot $session end" >started/process || exit 1

job= stopped=false signals=0 code=
marker=${quote(`${MARKER_VARIABLE}=${options.marker}`)}
${FIND_MEMBERS}
${NOW}
# Other process groups and sessions are told one by one; each process is told once.
stop_job() {
  signals=$((signals + 1))
  [ "$stopped" = true ] && return
  stopped=true
  ${NOTE_STOP}
  kill -TERM 0
  find_members
  for id in $members; do
    { read -r stat <"/proc/$id/stat"; } 2>/dev/null || continue
    set -- \${stat##*) }
    [ "$3" = "$group" ] || kill -TERM "$id" 2>/dev/null
  done
  { sleep ${(options.stopGraceMs / 1000).toFixed(3)}; kill -USR1 "$$"; } &
}
kill_rest() {
  signals=$((signals + 1))
  rounds=0
  while find_members; [ -n "$members" ] && [ "$rounds" -lt 100 ]; do
    kill -KILL $members 2>/dev/null
    rounds=$((rounds + 1))
  done
}
trap kill_rest USR1

(
  exec 3>&-
  # A signal that came before this shell was itself is lost.
  [ -e started/stop ] && exit 143
${options.secretLines ?? ''}  cd ${workingDirectoryWord(options.workingDirectory)} || exit 126
  unset PWD OLDPWD
${[...exports, `  export ${MARKER_VARIABLE}=${quote(options.marker)}`].join('\n')}
  exec ${options.argv.map(quote).join(' ')}
) &
job=$!
trap stop_job TERM INT HUP
[ "$early" = true ] && stop_job
# From here on the log is the job's: no shell's "Killed" gets into it.
exec >/dev/null 2>&1
unset ${MARKER_VARIABLE}
trap '' PIPE
echo ${STARTED_WORD} >&3 2>/dev/null
exec 3>&-
now
started_at=$now
echo "$started_at" >started/at

# A signal ends "wait" early. Asked again, a job that has ended tells its code again, or 127 where it is forgotten.
while :; do
  before=$signals
  wait "$job"
  status=$?
  [ "$status" = 127 ] && [ -n "$code" ] && break
  code=$status
  [ "$signals" = "$before" ] && break
done
[ "$stopped" = true ] && kill_rest
[ -e started/stop ] && stopped=true
# Ignored signals stay ignored in "mv": the end is written whoever stops us now.
trap '' TERM INT HUP USR1
now
printf '%-${EXIT_FILE_BYTES - 1}s\\n' "{\\"format\\":1,\\"exit_code\\":$code,\\"started_at\\":$started_at,\\"ended_at\\":$now,\\"stopped\\":$stopped}" 1<>exit.json.new || exit 1
exec mv -f exit.json.new exit.json
`;
}

/** A relative one never looks like an option, nor like a name on the shell's search path. */
export function workingDirectoryWord(path: string): string {
  return quote(path.startsWith('/') ? path : `./${path}`);
}

/** Not `:`, which would end the shell where the file cannot be made: then the stop goes on all the same. */
export const NOTE_STOP = '{ true >started/stop; } 2>/dev/null';

/** Sets `now` to the host's time, ms; whole seconds where `date` knows nothing finer. */
export const NOW = `now() {
  now=$(date +%s%3N)
  case $now in '' | *[!0-9]*) now=$(date +%s)000 ;; esac
}`;

/**
 * Sets `members` to the ids of the attempt's live processes other than the shell itself: those that carry the marker
 * and those of the session (where `session` is not empty). A zombie has no environment and state Z. The search's own
 * processes are gone when it is over.
 */
const FIND_MEMBERS = `find_members() {
  members=
  for file in $(grep -lzxF -e "$marker" /proc/[0-9]*/environ 2>/dev/null) \${session:+$(
    grep -lzE -e "^[0-9]+ \\(.*\\) [^ZX] -?[0-9]+ -?[0-9]+ $session [^)]*\\$" /proc/[0-9]*/stat 2>/dev/null
  )}; do
    id=\${file#/proc/}
    id=\${id%/*}
    [ "$id" = "$$" ] || [ ! -e "/proc/$id/stat" ] || members="$members $id"
  done
}`;

/**
 * Start of the scripts that look at an attempt from outside; parameters: work directory, attempt, marker value.
 * Sets `guard`, `session`, `wrapper` (its id while it lives) and `leader` (yes while its id is still its own).
 * Leaves with 3 where a directory cannot be entered, so that this is never read as "no such attempt"; processes of
 * an attempt whose directory was removed are seen all the same.
 */
const LOOK = `marker=${MARKER_VARIABLE}=$3
${NOW}
${FIND_MEMBERS}
pid= start= boot= session= end= rebooted=
if cd "$1/attempts/$2" 2>/dev/null; then
  instance=
  { read -r instance <instance; } 2>/dev/null
  echo "instance $instance"
  [ "$instance" = "\${3%%/*}" ] || exit 0
  guard=none
  if [ -d started ]; then guard=started; elif [ -e started ]; then guard=abandoned; fi
  echo "guard $guard"
  [ "$guard" = started ] || exit 0
  { read -r pid start boot session end <started/process; } 2>/dev/null
else
  for directory in "$1" "$1/attempts" "$1/attempts/$2"; do
    if [ -e "$directory" ] && ! cd "$directory" 2>/dev/null; then exit 3; fi
  done
  guard=absent
  echo 'guard absent'
fi
if [ "$end" = end ]; then
  echo 'recorded yes'
  read -r this_boot </proc/sys/kernel/random/boot_id
  [ "$boot" = "$this_boot" ] || rebooted=yes
else
  pid= session=
fi
echo "rebooted \${rebooted:-no}"
look_at_wrapper() {
  wrapper= leader=
  [ -n "$pid" ] && [ -z "$rebooted" ] && { read -r stat <"/proc/$pid/stat"; } 2>/dev/null || return
  set -- \${stat##*) }
  [ "\${20}" = "$start" ] || return
  leader=yes
  case $1 in Z | X) ;; *) wrapper=$pid ;; esac
}
look_at_wrapper
# Once the wrapper is dead, its session id may belong to a stranger: then only a process whose output goes to the
# attempt's log is taken for a member without the marker.
find_own() {
  find_members
  own=
  [ -n "$members" ] || return
  for id in $members; do
    [ "$id" = "$wrapper" ] && continue
    if [ "$leader" != yes ] && ! grep -qzxF -e "$marker" "/proc/$id/environ" 2>/dev/null; then
      [ "/proc/$id/fd/1" -ef run.log ] || [ "/proc/$id/fd/2" -ef run.log ] || continue
    fi
    own="$own $id"
  done
}`;

/**
 * Prints what can be seen of an attempt, one `key value` per line (see `attempt-facts.ts`). Liveness is looked at
 * before `exit.json` is. A search can miss a process that forks and ends meanwhile, so "none" has to be found thrice.
 */
export const INSPECT_SCRIPT = `${LOOK}
found=
if [ -z "$rebooted" ]; then
  if [ -n "$wrapper" ] && [ ! -e exit.json ]; then
    found=wrapper
  else
    for _ in 1 2 3; do
      find_own
      [ -n "$own" ] && found=others && break
    done
    [ -z "$found" ] && [ -n "$wrapper" ] && found=wrapper
  fi
fi
echo "alive \${found:-none}"
at=
{ read -r at <started/at; } 2>/dev/null
if [ -z "$at" ] && [ -n "$found" ]; then
  now
  at=$now
fi
echo "at $at"
[ -f exit.json ] && echo "exit $(head -c ${EXIT_FILE_BYTES * 2} exit.json)"
exit 0
`;

/**
 * Parameters of `LOOK` and the strength. `terminate` tells the wrapper, which passes it on, or the members where
 * the wrapper is gone. `kill` spares the wrapper for the first rounds: it dies of nothing to wait for, and writes
 * the end of the job.
 */
export const STOP_SCRIPT = `strength=$4
${LOOK}
[ -n "$rebooted" ] && exit 0
[ "$guard" = started ] && ${NOTE_STOP}
if [ "$strength" = terminate ]; then
  if [ -n "$wrapper" ]; then
    kill -TERM "$wrapper" 2>/dev/null
  else
    find_own
    [ -n "$own" ] && kill -TERM $own 2>/dev/null
  fi
  exit 0
fi
rounds=0 empty=0
while [ "$rounds" -lt 100 ] && [ "$empty" -lt 3 ]; do
  look_at_wrapper
  [ "$rounds" -ge 10 ] && wrapper=
  rounds=$((rounds + 1))
  find_own
  if [ -n "$own" ]; then
    empty=0
    kill -KILL $own 2>/dev/null
  elif [ -n "$wrapper" ]; then
    kill -CONT "$wrapper" 2>/dev/null
  else
    empty=$((empty + 1))
    continue
  fi
  sleep 0.02
done
exit 0
`;

/**
 * Prints the name of each thing that a host lacks; parameters: further programs that the transport needs. Fails
 * nowhere: a host without a POSIX shell does not get as far.
 */
export const PROBE_SCRIPT = `for program in date grep head mkdir mv sleep "$@"; do
  command -v "$program" >/dev/null 2>&1 || echo "$program"
done
[ -r /proc/self/stat ] && [ -r /proc/self/environ ] && [ -r /proc/sys/kernel/random/boot_id ] || echo /proc
printf 'a\\000b\\000' | grep -qzxF -e b 2>/dev/null || echo 'grep -z'
exit 0
`;
