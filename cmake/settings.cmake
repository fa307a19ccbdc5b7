# Compiler settings shared by every target, and the switches a preset may turn.
option(STEPD_TESTS "Build the tests" ON)
option(STEPD_BENCH "Build the benchmarks" OFF)
option(STEPD_WERROR "Treat warnings as errors" ON)
set(STEPD_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined or thread")
option(STEPD_FUZZ "Build the libFuzzer targets" OFF)
option(STEPD_COVERAGE "Instrument for gcov" OFF)
set(STEPD_LABELS AUTO CACHE STRING "Let image.labels run networks, with OpenCV: AUTO (where it is found), ON or OFF")
set_property(CACHE STEPD_LABELS PROPERTY STRINGS AUTO ON OFF)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

# Paths are relative to the checkout in the cache's keys, so that every checkout shares what one has compiled.
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
endif()

# The default linker takes seconds for each test program. Link-time optimisation is left to the compiler's own.
find_program(MOLD mold)
if(MOLD AND NOT CMAKE_INTERPROCEDURAL_OPTIMIZATION)
  add_link_options(-fuse-ld=mold)
endif()

add_library(stepd_settings INTERFACE)
target_include_directories(stepd_settings INTERFACE ${CMAKE_SOURCE_DIR}/src)
# Without nlohmann's implicit conversions a Json cannot silently become a string, a bool or a Result.
target_compile_definitions(stepd_settings INTERFACE STEPD_VERSION="${PROJECT_VERSION}" JSON_USE_IMPLICIT_CONVERSIONS=0)
target_compile_options(stepd_settings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wno-missing-field-initializers
                       $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>)
if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
  target_compile_options(stepd_settings INTERFACE -Wno-deprecated-declarations)  # of libstdc++'s std::stable_sort
endif()
if(STEPD_WERROR)
  target_compile_options(stepd_settings INTERFACE -Werror)
endif()
if(STEPD_SANITIZE)
  target_compile_options(stepd_settings INTERFACE -fsanitize=${STEPD_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(stepd_settings INTERFACE -fsanitize=${STEPD_SANITIZE})
  if(STEPD_SANITIZE MATCHES thread AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    target_compile_options(stepd_settings INTERFACE -Wno-tsan)  # Asio's fences, which g++ says it cannot follow
  endif()
endif()
if(STEPD_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL Clang)
    message(FATAL_ERROR "libFuzzer comes with Clang: use the preset asan or fuzz")
  endif()
endif()
if(STEPD_COVERAGE)
  target_compile_options(stepd_settings INTERFACE --coverage)
  target_link_options(stepd_settings INTERFACE --coverage)
endif()
