#!/usr/bin/env bash
# variants.sh DIRECTORY NAME...: run these tests from the directory on the ring, with the environment
# as it is (TORC_IO_NO, TORC_IO_SQ, ...). Exit 0 if each passes or skips. TEST_SECONDS limits each.
limit=${TEST_SECONDS:-60}
cd "$1" || exit 2
shift
status=0
for name; do
    TORC_IO=uring timeout "$limit" "./$name"
    result=$?
    ((result == 0 || result == 77)) && continue
    ((result == 124)) && echo "$name: not done after $limit seconds" || echo "$name: exit $result"
    status=1
done
exit $status
