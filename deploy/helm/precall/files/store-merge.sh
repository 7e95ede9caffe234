set --
index=0
while [ "$index" -lt "$PRECALL_SHARDS" ]; do
  set -- "$@" "$STORE/$index"
  index=$((index + 1))
done
exec precall merge "$@" --wait 240min --output "$RESULTS" --store "$STORE/merged"
