# A run has an address of its own, by the number at the end of the Job's name: the revision of the release, or the minute of
# the schedule, which is the same for both Jobs.
STORE="$STORE/${JOB_NAME##*-}"
