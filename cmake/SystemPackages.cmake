# -DTORC_SYSROOT=OFF: build against this system's own packages. Sets v8_include and fills torc_uring.

find_package(PkgConfig REQUIRED)

set(needed
    liburing>=2.15 libllhttp>=9 libnghttp2 openssl>=3 libcares libbrotlienc libbrotlidec libzstd
    zlib sqlite3 simdutf icu-i18n icu-uc)
set(missing "")
foreach(module ${needed})
  string(MAKE_C_IDENTIFIER "${module}" variable)
  pkg_check_modules(${variable} QUIET ${module})
  if(NOT ${variable}_FOUND)
    list(APPEND missing "${module}")
  endif()
endforeach()

# libnode has no pkg-config file; the public header subset in /usr/include/node lacks what we need.
find_path(v8_include v8-fast-api-calls.h PATHS /usr/include/nodejs/deps/v8/include NO_DEFAULT_PATH)
find_library(libnode NAMES libnode.so.137)
find_path(ada_include ada_c.h)
find_path(hdr_include hdr/hdr_histogram.h)
foreach(item v8_include libnode ada_include hdr_include)
  if(NOT ${item})
    list(APPEND missing "${item}")
  endif()
endforeach()

if(missing)
  list(JOIN missing ", " missing)
  message(FATAL_ERROR
    "this system's packages are missing or too old: ${missing} (v8_include and libnode: the headers "
    "and the library of Node 24, ABI 137, packaged as libnode-dev). Build with the default "
    "-DTORC_SYSROOT=AUTO instead, which needs none of them.")
endif()

pkg_check_modules(liburing REQUIRED IMPORTED_TARGET liburing>=2.15)
target_link_libraries(torc_uring INTERFACE PkgConfig::liburing)
