ended() { ls "$RESULTS"/[0-9]*/*/results.json 2>/dev/null | wc -l; }
until [ "$(ended)" -ge "$PRECALL_SHARDS" ]; do
  for file in "$RESULTS"/[0-9]*/given-up; do
    if [ -e "$file" ]; then
      echo "the pod of $(dirname "$file") ended without results; its log says why" >&2
      exit "$(cat "$file")"
    fi
  done
  sleep 5
done
# By their results: a pod that died early left a directory without any.
set --
for file in "$RESULTS"/[0-9]*/*/results.json; do set -- "$@" "$(dirname "$file")"; done
exec precall merge "$@" --output "$RESULTS/merged"
