# `cmake --install build --component core` gives a prefix in which find_package(holdfast) provides holdfast::core.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set_target_properties(holdfast_core PROPERTIES EXPORT_NAME core POSITION_INDEPENDENT_CODE ON)
target_compile_features(holdfast_core PUBLIC cxx_std_20)
# The second, since our headers include each other as "core/…".
target_include_directories(holdfast_core INTERFACE
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/holdfast>)

set(holdfast_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/holdfast)
install(TARGETS holdfast_core EXPORT holdfast-targets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT core)
install(EXPORT holdfast-targets NAMESPACE holdfast:: DESTINATION ${holdfast_cmake_dir} COMPONENT core)

# What an application includes; the rest is how it is done.
set(holdfast_public_headers
  core.h
  base/check.h
  base/clock.h
  base/random.h
  base/result.h
  retry/duration.h
  retry/retry.h
  retry/retry_policy.h
  retry/retry_policy_toml.h
  store/durability.h
  store/entry.h
  store/snapshot_store.h)
foreach(header IN LISTS holdfast_public_headers)
  get_filename_component(folder ${header} DIRECTORY)
  install(FILES ${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/holdfast/core/${folder} COMPONENT core)
endforeach()

configure_package_config_file(holdfast-config.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/holdfast-config.cmake
  INSTALL_DESTINATION ${holdfast_cmake_dir})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/holdfast-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES
  ${CMAKE_CURRENT_BINARY_DIR}/holdfast-config.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/holdfast-config-version.cmake
  DESTINATION ${holdfast_cmake_dir} COMPONENT core)
