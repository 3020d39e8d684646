import {
  EXIT_FILE_BYTES,
  MARKER_VARIABLE,
  NOTE_STOP,
  NOW,
  quote,
  workingDirectoryWord,
} from './bash-script.ts';
import { SECRET_FILE } from './paths.ts';

/** The shell text of attempts that run in a container: the second half of `bash-script.ts`, under the same rules. */

export interface ContainerScriptOptions {
  /** Value of the marker variable. */
  readonly marker: string;
  /** The attempt directory as the container sees it. */
  readonly directory: string;
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** As `takeSecrets` makes them, where the job has secrets. */
  readonly secretLines?: string;
  /** Relative to the attempt directory, or absolute. */
  readonly workingDirectory: string;
  /** Time between the stop signal and the kill, ms. */
  readonly stopGraceMs: number;
}

/** Sets `kills` to the number of processes that this machine has killed for want of memory since it was started. */
const OOM_KILLS = `oom_kills() {
  kills=0
  { while read -r key value; do [ "$key" = oom_kill ] && kills=$value; done </proc/vmstat; } 2>/dev/null
}`;

/**
 * `run.sh` of a container; parameters: `uid:gid` of the bot's user on the host, and what the job's argv is given to.
 *
 * It is the child of the container's init, and everything else in the container is the job: signals go to all
 * processes at once, in one system call that no fork escapes. Where it is not that child (a container that shares the
 * process ids of its host), it does nothing: there "all" would be the host's.
 */
export function containerRunScript(options: ContainerScriptOptions): string {
  const exports = Object.entries(options.environment).map(
    ([name, value]) => `  export ${name}=${quote(value)}`,
  );
  return `#!/bin/sh
# Attempt directory, format 1, in a container. Whoever makes "started" second changes nothing.
[ "$PPID" = 1 ] || exit 125
cd ${quote(options.directory)} || exit 125
# What a trap starts would take the job's place in "$!": until the job's id is known a stop is only noted.
early=
trap 'early=stop' TERM INT HUP
trap 'early=kill' USR1
mkdir started 2>/dev/null || { [ -e started ] && exit 0; exit 126; }
exec >>run.log 2>&1 </dev/null
owner=$1
shift
read -r boot </proc/sys/kernel/random/boot_id
echo "$boot" >started/boot

job= stopped=false signals=0 code=
${NOW}
${OOM_KILLS}
oom_kills
before_job=$kills
echo "$kills" >started/oom
stop_job() {
  signals=$((signals + 1))
  [ "$stopped" = true ] && return
  stopped=true
  ${NOTE_STOP}
  kill -s TERM -- -1
  { sleep ${(options.stopGraceMs / 1000).toFixed(3)}; kill -s USR1 "$$"; } &
}
kill_rest() {
  signals=$((signals + 1))
  kill -s KILL -- -1
}

(
  # A signal that came before this shell was itself is lost.
  [ -e started/stop ] && exit 143
${options.secretLines ?? ''}  cd ${workingDirectoryWord(options.workingDirectory)} || exit 126
  unset PWD OLDPWD
  # The host's user is nobody in the image: it has no home there, and programs that ask for its name fail.
  [ -w "\${HOME:-/nowhere}" ] || export HOME=/tmp
  export USER="\${USER:-cosmos}" LOGNAME="\${LOGNAME:-cosmos}"
${[...exports, `  export ${MARKER_VARIABLE}=${quote(options.marker)}`].join('\n')}
  exec "$@" ${options.argv.map(quote).join(' ')}
) &
job=$!
trap stop_job TERM INT HUP
trap kill_rest USR1
case $early in stop) stop_job ;; kill) kill_rest ;; esac
# From here on the log is the job's: no shell's "Killed" gets into it.
exec >/dev/null 2>&1
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
# What the job has left behind ends with the container in any case: now, so that the outputs are what they are.
kill_rest
[ -e started/stop ] && stopped=true
# Ignored signals stay ignored in "mv": the end is written whoever stops us now.
trap '' TERM INT HUP USR1
# Files of another user stay readable and removable for the bot's own.
chmod -R a+rwX out/* out/.[!.]* started run.log
chown -R "$owner" out/* out/.[!.]* started run.log
now
oom_kills
printf '%-${EXIT_FILE_BYTES - 1}s\\n' "{\\"format\\":1,\\"exit_code\\":$code,\\"started_at\\":$started_at,\\"ended_at\\":$now,\\"stopped\\":$stopped,\\"oom_kills\\":$((kills - before_job))}" 1<>exit.json.new || exit 1
exec mv -f exit.json.new exit.json
`;
}

/**
 * Prints what can be seen of an attempt in a container, one `key value` per line (see `docker-facts.ts`). Parameters:
 * work directory, attempt, instance, and the words of the command that prints the container, whose output follows as
 * `said` lines and its exit code as `code`.
 *
 * The guard is looked at first, then the container, then `exit.json`: what the guard says was true before, and what the
 * file says is final. Where the file is there, or the guard is taken in a container that was "created" only, the
 * container is about to change: it is asked again for up to a second.
 */
export const INSPECT_CONTAINER_SCRIPT = `work=$1 attempt=$2 ours=$3
shift 3
${OOM_KILLS}
present= guard=absent
if cd "$work/attempts/$attempt" 2>/dev/null; then
  present=yes
  instance=
  { read -r instance <instance; } 2>/dev/null
  echo "instance $instance"
  [ "$instance" = "$ours" ] || exit 0
  guard=none
  if [ -d started ]; then guard=started; elif [ -e started ]; then guard=abandoned; fi
else
  for directory in "$work" "$work/attempts" "$work/attempts/$attempt"; do
    if [ -e "$directory" ] && ! cd "$directory" 2>/dev/null; then exit 3; fi
  done
fi
echo "guard $guard"
looks=0
while :; do
  ended=
  [ -n "$present" ] && [ -f exit.json ] && ended=yes
  said=$("$@" 2>&1)
  code=$?
  looks=$((looks + 1))
  [ "$looks" -lt 20 ] || break
  case $said in
    *'"Running":true'*) [ -n "$ended" ] || break ;;
    *'"Status":"created"'*) [ "$guard" = started ] || break ;;
    *) break ;;
  esac
  sleep 0.05
done
echo "code $code"
printf '%s\\n' "$said" | while IFS= read -r line; do printf 'said %s\\n' "$line"; done
[ "$guard" = started ] || exit 0
boot= at= oom=
{ read -r boot <started/boot; } 2>/dev/null
read -r this_boot </proc/sys/kernel/random/boot_id
[ -z "$boot" ] || [ "$boot" = "$this_boot" ] || echo 'rebooted yes'
{ read -r at <started/at; } 2>/dev/null
echo "at $at"
{ read -r oom <started/oom; } 2>/dev/null
oom_kills
[ -n "$oom" ] && [ "$boot" = "$this_boot" ] && echo "oom $((kills - oom))"
[ -f exit.json ] && echo "exit $(head -c ${EXIT_FILE_BYTES * 2} exit.json)"
exit 0
`;

/**
 * Runs the words after the first, which is the attempt directory, and waits up to two seconds for what `run.sh` writes
 * once the job has begun. Ends with the command's exit code and what it said.
 */
export const START_CONTAINER_SCRIPT = `directory=$1
shift
"$@" || exit $?
looks=0
while [ ! -e "$directory/started/at" ] && [ ! -f "$directory/started" ] && [ "$looks" -lt 40 ]; do
  looks=$((looks + 1))
  sleep 0.05
done
exit 0
`;

/** Prints the ids of the host's user and what the host lacks of the programs in the parameters. */
export const PROBE_CONTAINER_SCRIPT = `echo "user $(id -u):$(id -g)"
for program in head id sleep "$@"; do
  command -v "$program" >/dev/null 2>&1 || echo "missing $program"
done
[ -r /proc/sys/kernel/random/boot_id ] || echo 'missing /proc'
exit 0
`;

/**
 * Lets the user of an image write where `run.sh` writes, and read the job's secrets, whose directory stays closed: the
 * container gets the file by itself. Parameter: the attempt directory.
 */
export const OPEN_DIRECTORY_SCRIPT = `chmod a+rwx "$1" "$1/out" && chmod a+rw "$1/exit.json.new" &&
  { [ ! -e "$1/${SECRET_FILE}" ] || chmod a+rw "$1/${SECRET_FILE}"; }`;
