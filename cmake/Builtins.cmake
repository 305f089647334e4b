# torc_builtins: Node's JavaScript library, with ours from lib/ over it, as an object library.

add_executable(embed core/tools/embed.c)
target_link_libraries(embed PRIVATE torc_c)

file(GLOB_RECURSE lib_sources CONFIGURE_DEPENDS lib/*.js)
set(builtins_dir "${CMAKE_CURRENT_BINARY_DIR}/builtins")
file(MAKE_DIRECTORY "${builtins_dir}")
add_custom_command(
  OUTPUT "${builtins_dir}/builtins.bin" "${builtins_dir}/builtins_table.c"
  COMMAND embed "${TORC_NODELIB_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}/lib" "${builtins_dir}"
  DEPENDS embed ${lib_sources}
  DEPFILE "${builtins_dir}/builtins.d"
  COMMENT "Embedding the JavaScript library"
  VERBATIM)

add_library(torc_builtins STATIC "${builtins_dir}/builtins_table.c" core/builtins_blob.S)
target_link_libraries(torc_builtins PRIVATE torc_c)
set_source_files_properties(core/builtins_blob.S PROPERTIES
  COMPILE_DEFINITIONS "TORC_BLOB=\"${builtins_dir}/builtins.bin\""
  OBJECT_DEPENDS "${builtins_dir}/builtins.bin")
