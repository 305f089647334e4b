# The licences that have to travel with the binary, in one file beside it: our summary, then the full
# texts for everything that is part of the binary itself.

set(notices "${CMAKE_CURRENT_BINARY_DIR}/THIRD-PARTY-NOTICES.md")
set(node_licence "${TORC_NODELIB_DIR}/LICENSE")
set(uring_licence "${TORC_SYSROOT_DIR}/usr/share/doc/liburing-dev/copyright")

file(READ THIRD-PARTY-NOTICES.md text)
foreach(item "Node.js and its bundled dependencies|${node_licence}" "liburing|${uring_licence}")
  string(REGEX MATCH "^([^|]*)[|](.*)$" item "${item}")
  file(READ "${CMAKE_MATCH_2}" licence)
  string(APPEND text "\n## Full text: ${CMAKE_MATCH_1}\n\n```\n${licence}```\n")
endforeach()
file(WRITE "${notices}" "${text}")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS THIRD-PARTY-NOTICES.md)

file(COPY LICENSE DESTINATION "${CMAKE_CURRENT_BINARY_DIR}")
install(FILES LICENSE "${notices}" TYPE DOC)
