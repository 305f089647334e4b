# The code cache beside the executable: V8's compiled form of the JavaScript library, which core/builtins.c
# maps at start. Made by the executable itself, with what the training program made it compile.
#
# Included, this file defines the build step; run as a script (cmake -P), it is the step.

if(CMAKE_SCRIPT_MODE_FILE)
  # Without the old one: everything is compiled from source, so that the result does not depend on it.
  file(REMOVE "${CACHE}")
  # Options in the environment could change V8's flags, and V8 refuses a cache made with others.
  execute_process(
    COMMAND "${CMAKE_COMMAND}" -E env --unset=NODE_OPTIONS ASAN_OPTIONS=detect_leaks=0
            "${TORC}" --build-code-cache "${CACHE}" "${PROGRAM}"
    OUTPUT_QUIET
    RESULT_VARIABLE result)
  if(NOT result STREQUAL "0" OR NOT EXISTS "${CACHE}")
    message(FATAL_ERROR "the torc just built does not run: ${result} from `torc --build-code-cache`, "
                        "whose messages are above. The executable itself is complete: ${TORC}")
  endif()
  return()
endif()

set(code_cache "${CMAKE_CURRENT_BINARY_DIR}/torc.codecache")
set(training_program "${CMAKE_CURRENT_SOURCE_DIR}/core/tools/training.js")
add_custom_command(
  OUTPUT "${code_cache}"
  COMMAND "${CMAKE_COMMAND}" -D "TORC=$<TARGET_FILE:torc>" -D "CACHE=${code_cache}"
          -D "PROGRAM=${training_program}" -P "${CMAKE_CURRENT_LIST_FILE}"
  DEPENDS torc "${training_program}" "${CMAKE_CURRENT_LIST_FILE}"
  COMMENT "Making the code cache"
  VERBATIM)
add_custom_target(code_cache ALL DEPENDS "${code_cache}")
install(FILES "${code_cache}" TYPE BIN)
