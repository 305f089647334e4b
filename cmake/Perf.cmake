# For scripts/perf, not part of the build unless asked for: perf_loop, the measurements of perf/loop/,
# perf_http_load, the loader of perf/http, and perf_stall, which measures how long a read may hold up the loop.

if(TORC_SYSROOT_DIR)
  set(benchmark_library "${TORC_SYSROOT_DIR}/usr/lib/x86_64-linux-gnu/libbenchmark.so")
  set(benchmark_include "${TORC_SYSROOT_DIR}/usr/include/benchmark/benchmark.h")
else()
  find_library(benchmark_library NAMES benchmark)
  find_file(benchmark_include NAMES benchmark/benchmark.h)
endif()

if(EXISTS "${benchmark_library}" AND EXISTS "${benchmark_include}")
  file(GLOB perf_sources CONFIGURE_DEPENDS perf/loop/*.c perf/loop/*.cc)
  add_executable(perf_loop EXCLUDE_FROM_ALL ${perf_sources})
  target_link_libraries(perf_loop PRIVATE torc_common ur "${benchmark_library}" stdc++ m)
  target_compile_definitions(perf_loop PRIVATE $<$<COMPILE_LANGUAGE:C>:_GNU_SOURCE=>)
  set_target_properties(perf_loop PROPERTIES LINKER_LANGUAGE C
    RUNTIME_OUTPUT_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/perf")
else()
  add_custom_target(perf_loop
    COMMAND "${CMAKE_COMMAND}" -E echo
      "Google Benchmark is missing on this machine; Debian's package is libbenchmark-dev"
    COMMAND "${CMAKE_COMMAND}" -E false
    VERBATIM)
endif()

add_executable(perf_http_load EXCLUDE_FROM_ALL perf/http/load.c)
target_link_libraries(perf_http_load PRIVATE torc_c llhttp hdr_histogram)
set_target_properties(perf_http_load PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/perf")

add_executable(perf_stall EXCLUDE_FROM_ALL perf/stall/stall.c)
target_link_libraries(perf_stall PRIVATE torc_c ur)
set_target_properties(perf_stall PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/perf")
