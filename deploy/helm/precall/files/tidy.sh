# The volume would be full one day. The directory of this run counts, and may not be there yet.
mkdir -p "$RESULTS"
for old in $(find "$all" -mindepth 1 -maxdepth 1 -name '[0-9]*' -printf '%f\n' | sort -n | head -n "-$KEEP"); do
  rm -rf "${all:?}/$old"
done
