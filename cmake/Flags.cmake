# How C and C++ are compiled here: interface targets torc_c and torc_cxx.

set(CMAKE_C_STANDARD 11)
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# Frame pointers: `perf` can walk from JavaScript through V8, which keeps its own, to the loop.
foreach(language C CXX)
  set(CMAKE_${language}_FLAGS_RELEASE "-O2 -g -fno-omit-frame-pointer")
  set(CMAKE_${language}_FLAGS_DEBUG "-Og -g3 -fno-omit-frame-pointer")
  set(CMAKE_${language}_FLAGS_SANITIZE "-O1 -g -fno-omit-frame-pointer")
endforeach()

add_library(torc_common INTERFACE)
target_include_directories(torc_common INTERFACE "${CMAKE_CURRENT_SOURCE_DIR}")
# Callbacks have fixed signatures; naming a parameter that one of them ignores is documentation.
target_compile_options(torc_common INTERFACE
  -Wall -Wextra -Wno-unused-parameter -Wvla -fvisibility=hidden -fno-plt)
if(TORC_WERROR)
  target_compile_options(torc_common INTERFACE -Werror)
endif()
# Absolute paths of the machine it was built on do not belong into messages and debug information.
target_compile_options(torc_common INTERFACE "-fmacro-prefix-map=${CMAKE_CURRENT_SOURCE_DIR}/=")

add_library(torc_c INTERFACE)
target_link_libraries(torc_c INTERFACE torc_common)
target_compile_options(torc_c INTERFACE -Wstrict-prototypes -Wmissing-prototypes)
target_compile_definitions(torc_c INTERFACE _GNU_SOURCE=)

# libnode is built without RTTI: a class derived from one of V8's would not link with it.
add_library(torc_cxx INTERFACE)
target_link_libraries(torc_cxx INTERFACE torc_common)
target_compile_options(torc_cxx INTERFACE -fno-rtti -fno-exceptions -fno-threadsafe-statics)

if(TORC_SANITIZE)
  # vptr checks need the RTTI that libnode lacks.
  set(sanitize "-fsanitize=${TORC_SANITIZE}" -fno-sanitize-recover=all)
  if(TORC_SANITIZE MATCHES "undefined")
    list(APPEND sanitize -fno-sanitize=vptr)
  endif()
  target_compile_options(torc_common INTERFACE ${sanitize})
  # gcc 12 sees uninitialised values in V8's Maybe once the checks are woven in; the release build still looks.
  target_compile_options(torc_cxx INTERFACE -Wno-maybe-uninitialized)
  target_link_options(torc_common INTERFACE ${sanitize})
  # Linked in, so that the run path need not lead to the host's libraries.
  if(TORC_SANITIZE MATCHES "address")
    target_link_options(torc_common INTERFACE -static-libasan -static-libubsan)
  else()
    target_link_options(torc_common INTERFACE -static-libtsan)
  endif()
endif()
