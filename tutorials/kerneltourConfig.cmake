# find_package(kerneltour): the library that chapters are built with, and kerneltour_chapter().
include(CMakeFindDependencyMacro)
find_dependency(Boost 1.74 COMPONENTS program_options)
find_dependency(fmt 9)
find_dependency(nlohmann_json 3.10)
find_dependency(PkgConfig)
pkg_check_modules(compression REQUIRED IMPORTED_TARGET zlib liblzma libzstd)

include(${CMAKE_CURRENT_LIST_DIR}/kerneltourTargets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/chapter.cmake)
