#!/usr/bin/env bash
# variants.sh DIRECTORY NAME...: run these tests from the directory on the ring, with the environment
# as it is (TORC_IO_NO, TORC_IO_SQ, ...). Exit 0 if each passes or skips.
cd "$1" || exit 2
shift
status=0
for name; do
    TORC_IO=uring timeout 60 "./$name"
    result=$?
    ((result == 0 || result == 77)) && continue
    echo "$name: exit $result"
    status=1
done
exit $status
