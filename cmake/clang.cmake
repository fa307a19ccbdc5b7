# A toolchain file: Clang 19, which Debian 12 and 13 both have. It compiles the test tree in half of
# g++'s time, and it alone has libFuzzer and -Wthread-safety.
find_program(STEPD_CLANG NAMES clang++-19 clang++-20 clang++-21 clang++ REQUIRED)
set(CMAKE_CXX_COMPILER ${STEPD_CLANG})
