# The two files beside the executable that make it start fast, both made by the executable itself:
# torc.codecache, V8's compiled form of the JavaScript library, with what the training program made V8
# compile; and torc.snapshot, the heap after the library's bootstrap (core/code_cache.h, core/snapshot.h).
#
# Included, this file defines the build step; run as a script (cmake -P), it is the step.

if(CMAKE_SCRIPT_MODE_FILE)
  # Options in the environment could change V8's flags, and V8 refuses what was made with others.
  set(torc "${CMAKE_COMMAND}" -E env --unset=NODE_OPTIONS ASAN_OPTIONS=detect_leaks=0 "${TORC}")
  # Without old ones: everything is compiled from source, so that the result does not depend on them.
  file(REMOVE "${TORC}.codecache" "${TORC}.snapshot")
  function(make option file)
    execute_process(COMMAND ${torc} ${option} "${file}" ${ARGN} OUTPUT_QUIET RESULT_VARIABLE result)
    if(NOT result STREQUAL "0" OR NOT EXISTS "${file}")
      message(FATAL_ERROR "`torc ${option}` ends with ${result}; its messages are above. The executable "
                          "itself is complete, and runs without: ${TORC}")
    endif()
  endfunction()
  function(make_cache)
    make(--build-code-cache "${TORC}.codecache" "${PROGRAM}")
    make(--build-worker-code-cache "${TORC}.codecache" "${WORKER_PROGRAM}")
  endfunction()
  # The snapshot, too, is to hold what the training programs made V8 compile: it comes from a code cache.
  # A cache is good for the snapshot that it was made with only, so it is made once more.
  make_cache()
  make(--build-start-snapshot "${TORC}.snapshot")
  make_cache()
  return()
endif()

set(start_files "${CMAKE_CURRENT_BINARY_DIR}/torc.codecache" "${CMAKE_CURRENT_BINARY_DIR}/torc.snapshot")
set(training_program "${CMAKE_CURRENT_SOURCE_DIR}/core/tools/training.js")
set(worker_program "${CMAKE_CURRENT_SOURCE_DIR}/core/tools/training_worker.js")
add_custom_command(
  OUTPUT ${start_files}
  COMMAND "${CMAKE_COMMAND}" -D "TORC=$<TARGET_FILE:torc>" -D "PROGRAM=${training_program}"
          -D "WORKER_PROGRAM=${worker_program}" -P "${CMAKE_CURRENT_LIST_FILE}"
  DEPENDS torc "${training_program}" "${worker_program}" "${CMAKE_CURRENT_LIST_FILE}"
  COMMENT "Making the code cache and the snapshot"
  VERBATIM)
add_custom_target(start_files ALL DEPENDS ${start_files})
install(FILES ${start_files} TYPE BIN)
