# Where the libraries come from (docs/building.md). Sets TORC_SYSROOT_DIR, empty when the system's
# own packages are used, and TORC_NODELIB_DIR, the directory of Node's JavaScript library.

# run_script(NAME VARIABLE): run scripts/NAME, let its progress through, take the path it prints.
function(run_script name variable)
  execute_process(
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/scripts/${name}"
    OUTPUT_VARIABLE path OUTPUT_STRIP_TRAILING_WHITESPACE
    RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "scripts/${name} failed; its message is above")
  endif()
  set(${variable} "${path}" PARENT_SCOPE)
endfunction()

set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
             scripts/sysroot scripts/sysroot.lock scripts/nodelib scripts/nodelib.lock)

if(TORC_SYSROOT STREQUAL "AUTO")
  run_script(sysroot TORC_SYSROOT_DIR)
elseif(TORC_SYSROOT)
  set(TORC_SYSROOT_DIR "${TORC_SYSROOT}")
  if(NOT EXISTS "${TORC_SYSROOT_DIR}/usr/lib/x86_64-linux-gnu/libnode.so.137")
    message(FATAL_ERROR "TORC_SYSROOT=${TORC_SYSROOT}: no libnode.so.137 in it")
  endif()
else()
  set(TORC_SYSROOT_DIR "")
endif()
run_script(nodelib TORC_NODELIB_DIR)

# CMake remembers what it learned of the compilers with the old sysroot.
if(DEFINED TORC_CONFIGURED_SYSROOT AND NOT TORC_CONFIGURED_SYSROOT STREQUAL TORC_SYSROOT_DIR)
  message(FATAL_ERROR "the sysroot has changed to '${TORC_SYSROOT_DIR}'; run cmake again with --fresh "
                      "(scripts/build does that by itself)")
endif()
set(TORC_CONFIGURED_SYSROOT "${TORC_SYSROOT_DIR}" CACHE INTERNAL "")
set(CMAKE_SYSROOT "${TORC_SYSROOT_DIR}")
