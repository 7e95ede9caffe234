own="$RESULTS/$JOB_COMPLETION_INDEX"
mkdir -p "$own" && rm -f "$own/given-up" || exit 4
plan=$(ls "$own"/*/plan.json 2>/dev/null | tail -n 1)
if [ -n "$plan" ]; then
  set -- --resume "$(dirname "$plan")"
else
  set -- "$SCENARIO" --shard auto --output "$own"
fi
precall run "$@" --slots "$SLOTS" &
pid=$!
# Kubernetes tells the shell when the pod has to go. precall then records what it has.
trap 'kill -TERM "$pid"' TERM
until wait "$pid"; code=$?; ! kill -0 "$pid" 2>/dev/null; do :; done
# The other Job would wait in vain for an index that is not tried again.
case $code in 2 | 3) echo "$code" >"$own/given-up" ;; esac
exit "$code"
