# shellcheck shell=bash
# For the scripts of tests/ to source.

# step NAME COMMAND [ARGUMENT..]
# One test that is one command or function: prints a TAP line for it, and what it printed where it failed.
step() {
  local name=$1 log status
  shift
  log=$(mktemp)
  # Call step as a command by itself: in a condition bash ignores `set -e`, in what is called there, too.
  (set -e; "$@") </dev/null >"$log" 2>&1
  status=$?
  if [ $status = 0 ]; then
    echo "ok - $name"
  else
    echo "not ok - $name"
    # Of a parallel build, the error may stand far above the end.
    { grep -m 20 -aiE '(error|warning): ' "$log"; tail -n 60 "$log"; } | sed 's/^/# /'
    echo "# status $status of: $*"
  fi
  rm -f "$log"
}

# tally NAME COMMAND [ARGUMENT..]
# Runs a test program or function, shows what it prints, and adds its results to the file $TALLY: "PASSED FAILED
# SKIPPED". It reads TAP, and doctest's closing line. What fails without naming a failed test, ends before its plan
# is done or runs no test at all counts as one failure.
tally() {
  local name=$1 log status begun=$SECONDS
  shift
  printf '\n== %s\n' "$name"
  log=$(mktemp)
  "$@" </dev/null 2>&1 | tee "$log"
  status=${PIPESTATUS[0]}
  awk -v name="$name" -v status="$status" -v tally="${TALLY:-/dev/null}" '
    function fail(why) { failed++; print "not ok - " name ": " why }
    /^1\.\.0/                           { skipped++; next }
    /^1\.\.[0-9]+/                      { plan = substr($1, 4); planned = 1 }
    /^ok( |$)/ && /# *[Ss][Kk][Ii][Pp]/ { skipped++; seen++; next }
    /^ok( |$)/                          { passed++; seen++ }
    /^not ok( |$)/                      { failed++; seen++ }
    /^Bail out!/                        { failed++; bailed = 1 }
    /^\[doctest\] test cases:/          { passed += $6; failed += $9; skipped += $12 }
    END {
      if (planned && seen != plan && !bailed) fail("planned " plan " tests and ran " seen + 0)
      if (status != 0 && !failed) fail("ended with status " status)
      if (passed + failed + skipped == 0) fail("ran no test")
      print passed + 0, failed + 0, skipped + 0 >>tally
    }' "$log"
  rm -f "$log"
  echo "== $name took $((SECONDS - begun)) s"
}

# side_by_side COMMAND..
# Tallies each of these, a program and its arguments in one word, two at once, in this order. What one prints comes when
# it has ended, by itself. None begins after the time $BEGIN_UNTIL (seconds since 1970), where that is set.
side_by_side() {
  local said
  said=$(mktemp -d)
  export -f tally tally_apart
  printf '%s\n' "$@" | xargs -P 2 -d '\n' -I '{}' bash -c 'tally_apart {}' "$said"
  rm -rf "$said"
}

tally_apart() {
  local run=("$@")
  if [ -n "${BEGIN_UNTIL:-}" ] && [ "$(date +%s)" -gt "$BEGIN_UNTIL" ]; then
    run=(echo "1..0 # SKIP no time is left for it; run: $*")
  fi
  tally "$*" "${run[@]}" >"$0/$BASHPID"
  flock "$0" cat "$0/$BASHPID"
}
