# Makes the C++ list of the programs in src/functions/bootstrap: `cmake -DFROM=folder -DOUT=file.cpp -P bootstraps.cmake`.
file(GLOB files RELATIVE ${FROM} ${FROM}/*)
list(SORT files)
set(arrays "")
set(rows "")
set(count 0)
foreach(file IN LISTS files)
  file(READ ${FROM}/${file} bytes HEX)
  string(LENGTH "${bytes}" length)
  math(EXPR length "${length} / 2")
  string(REGEX REPLACE "(................................................................)" "\\1\n" bytes "${bytes}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  string(APPEND arrays "constexpr unsigned char kFile${count}[] = {\n${bytes}};\n")
  string(APPEND rows "      {\"${file}\", view(kFile${count}, ${length})},\n")
  math(EXPR count "${count} + 1")
endforeach()
get_filename_component(folder ${OUT} DIRECTORY)
file(MAKE_DIRECTORY ${folder})
file(WRITE ${OUT} "// Made by cmake/bootstraps.cmake.
#include \"functions/bootstraps.h\"

#include <array>

namespace stepd::functions {
namespace {

${arrays}
std::string_view view(const unsigned char* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace

std::span<const BootstrapFile> bootstrap_files() {
  static const std::array<BootstrapFile, ${count}> kFiles{{
${rows}  }};
  return kFiles;
}

}  // namespace stepd::functions
")
