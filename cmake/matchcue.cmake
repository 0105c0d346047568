# What every folder's CMakeLists.txt is written with.

find_package(Threads REQUIRED)

# Settings of everything we compile. -ffp-contract=off: decisions must be the same bits in every build of a machine.
add_library(mcue_settings INTERFACE)
target_include_directories(mcue_settings INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_options(mcue_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor -Werror
  -ffp-contract=off -fno-omit-frame-pointer)
target_link_libraries(mcue_settings INTERFACE Threads::Threads)

# mcue_library(<folder> SOURCES a.cc ... [TESTS a_test.cc ...] [DEPENDS base ...] [PACKAGES fmt::fmt ...])
#
# One folder of src/: the library matchcue_<folder>, and the test program <folder>_test when there are tests.
# DEPENDS names other folders, PACKAGES what comes from outside.
#
# The sanitizers find more than the optimiser breaks, and building a test takes longer than running it: of the folders'
# tests, `all` and ctest then have only those whose results an optimiser could change. The others are there by name:
# tools/build release api_test.
option(MCUE_OPTIMISED_ONLY "leave out tests of folders that an optimiser does not break" OFF)
set(MCUE_OPTIMISED scoring learn decide recipes evaluate)
function(mcue_library folder)
  cmake_parse_arguments(ARG "" "" "SOURCES;TESTS;DEPENDS;PACKAGES" ${ARGN})
  add_library(matchcue_${folder} STATIC ${ARG_SOURCES})
  target_link_libraries(matchcue_${folder} PUBLIC mcue_settings ${ARG_PACKAGES})
  foreach(dependency ${ARG_DEPENDS})
    target_link_libraries(matchcue_${folder} PUBLIC matchcue_${dependency})
  endforeach()
  if(ARG_TESTS AND BUILD_TESTING)
    set(when "")
    if(MCUE_OPTIMISED_ONLY AND NOT folder IN_LIST MCUE_OPTIMISED)
      set(when BY_NAME)
    endif()
    mcue_test(${folder}_test SOURCES ${ARG_TESTS} DEPENDS ${folder} ${when})
  endif()
endfunction()

# mcue_test(<name> SOURCES a_test.cc ... [DEPENDS folder ...] [PACKAGES ...] [BY_NAME]): a GoogleTest program run by
# ctest. BY_NAME: only built when asked for, and not run by ctest.
function(mcue_test name)
  cmake_parse_arguments(ARG "BY_NAME" "" "SOURCES;DEPENDS;PACKAGES" ${ARGN})
  find_package(GTest REQUIRED)
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE mcue_settings GTest::gmock GTest::gtest_main ${ARG_PACKAGES})
  foreach(dependency ${ARG_DEPENDS})
    target_link_libraries(${name} PRIVATE matchcue_${dependency})
  endforeach()
  if(ARG_BY_NAME)
    set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL ON)
    return()
  endif()
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
endfunction()
