# What ci/package packs. `cpack` in a build directory makes a Debian package of the harness. It is linked statically where
# HOLDFAST_STATIC says so, and then depends on nothing.
set(CPACK_GENERATOR DEB)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL harness)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_CONTACT "The Holdfast authors")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_HARNESS_PACKAGE_NAME holdfast)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS python3)  # for the subject written in it
set(CPACK_COMPONENT_HARNESS_DESCRIPTION
  "tests whether file storage survives\n ${PROJECT_DESCRIPTION}: real processes, Windows' file-sharing rules, and a report of what was lost and who held which file.")
install(PROGRAMS ci/holdfast-ci DESTINATION bin COMPONENT harness)
install(FILES LICENSE DESTINATION share/doc/holdfast RENAME copyright COMPONENT harness)
# What is linked into the program asks to be named wherever the program goes.
foreach(library libc6-dev libcli11-dev libexpected-dev libfmt-dev libpugixml-dev libstdc++-12-dev
                libtomlplusplus-dev libxxhash-dev nlohmann-json3-dev)
  install(FILES /usr/share/doc/${library}/copyright DESTINATION share/doc/holdfast/linked RENAME ${library}
          COMPONENT harness OPTIONAL)
endforeach()
install(FILES reports/schema/holdfast.result-1.schema.json DESTINATION share/holdfast/schema COMPONENT harness)
configure_file(ci/packages/METADATA.in package/METADATA @ONLY)
configure_file(ci/packages/package.json.in package/package.json @ONLY)
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)  # ci/package builds what it packs, and no tests
include(CPack)
