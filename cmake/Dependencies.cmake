# Interface targets for what torc links: torc_uring, torc_v8_headers, torc_libraries (in link order).

add_library(torc_uring INTERFACE)
add_library(torc_v8_headers INTERFACE)
add_library(torc_libraries INTERFACE)

if(TORC_SYSROOT_DIR)
  set(lib_dir "${TORC_SYSROOT_DIR}/usr/lib/x86_64-linux-gnu")
  set(v8_include "${TORC_SYSROOT_DIR}/usr/include/nodejs/deps/v8/include")
  # Static: libnode does not bring this one along, and a library less to load is a faster start.
  target_link_libraries(torc_uring INTERFACE "${lib_dir}/liburing.a")
  # Written out, because CMake drops directories that it takes for the compiler's own. The run path
  # has to reach libraries of libraries (libicudata), hence the old tag.
  set(sysroot_link
      "-B${lib_dir}" "-L${lib_dir}"
      "-Wl,--dynamic-linker=${lib_dir}/ld-linux-x86-64.so.2"
      "-Wl,--disable-new-dtags,-rpath,${lib_dir}")
  add_link_options(${sysroot_link})
  set(CMAKE_SKIP_RPATH ON)
else()
  include(SystemPackages)
endif()

target_include_directories(torc_v8_headers SYSTEM INTERFACE "${v8_include}")
# Node's build of V8: each promise has one internal field.
target_compile_definitions(torc_v8_headers INTERFACE V8_PROMISE_INTERNAL_FIELD_COUNT=1)

# libnode comes first: measured, the dynamic linker resolves its symbols fastest then. It loads the
# others anyway, so linking to them costs nothing.
target_link_libraries(torc_libraries INTERFACE
  node stdc++ ssl crypto llhttp nghttp2 cares ada-url0 simdutf
  icui18n icuuc z brotlicommon brotlidec brotlienc zstd sqlite3 hdr_histogram m)
target_link_options(torc_libraries INTERFACE -Wl,--as-needed)

# Named above instead: C++ objects are linked by the C compiler.
set(CMAKE_CXX_IMPLICIT_LINK_LIBRARIES "")
set(CMAKE_CXX_IMPLICIT_LINK_DIRECTORIES "")
