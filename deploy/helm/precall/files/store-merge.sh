set --
index=0
while [ "$index" -lt "$PRECALL_SHARDS" ]; do
  set -- "$@" "$STORE/$index"
  index=$((index + 1))
done
# The parts are read into a temporary directory, which has to have room for them.
export TMPDIR="$RESULTS"
exec precall merge "$@" --wait 240min --output "$RESULTS" --store "$STORE/merged"
