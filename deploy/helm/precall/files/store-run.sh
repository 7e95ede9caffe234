# A pod that replaces another one resumes what is in the store.
exec precall run "$SCENARIO" --shard auto --slots "$SLOTS" --output "$RESULTS" --store "$STORE/$JOB_COMPLETION_INDEX"
