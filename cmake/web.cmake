# Makes the C++ list of the console's files: `cmake -DWEB=web -DOUT=file.cpp -P web.cmake`. Texts are compressed by gzip, which
# every Debian has. The digest of all files is part of their addresses; index.html learns it in the place of @DIGEST@.
cmake_policy(SET CMP0057 NEW)
file(GLOB_RECURSE files RELATIVE ${WEB} ${WEB}/*)
list(SORT files)
set(digests "")
foreach(file IN LISTS files)
  file(SHA256 ${WEB}/${file} digest)
  string(APPEND digests "${file} ${digest}\n")
endforeach()
string(SHA256 digest "${digests}")
string(SUBSTRING ${digest} 0 16 digest)

set(types_js "text/javascript; charset=utf-8")
set(types_css "text/css; charset=utf-8")
set(types_html "text/html; charset=utf-8")
set(types_txt "text/plain; charset=utf-8")
set(types_svg "image/svg+xml")
set(types_jpg "image/jpeg")
set(texts js css html svg txt)

set(arrays "")
set(rows "")
set(count 0)
get_filename_component(folder ${OUT} DIRECTORY)
file(MAKE_DIRECTORY ${folder})
foreach(file IN LISTS files)
  get_filename_component(kind ${file} LAST_EXT)
  string(SUBSTRING ${kind} 1 -1 kind)
  if(NOT DEFINED types_${kind})
    message(FATAL_ERROR "web/${file}: a file of this kind is not served")
  endif()
  set(taken ${WEB}/${file})
  set(gzip false)
  if(kind IN_LIST texts)
    set(gzip true)
    if(file STREQUAL index.html)
      file(READ ${taken} page)
      string(REPLACE "@DIGEST@" ${digest} page "${page}")
      set(taken ${OUT}.html)
      file(WRITE ${taken} "${page}")
    endif()
    execute_process(COMMAND gzip -9nc ${taken} OUTPUT_FILE ${OUT}.gz COMMAND_ERROR_IS_FATAL ANY)
    set(taken ${OUT}.gz)
  endif()
  file(READ ${taken} bytes HEX)
  string(LENGTH "${bytes}" length)
  math(EXPR length "${length} / 2")
  string(REGEX REPLACE "(................................................................)" "\\1\n" bytes "${bytes}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  string(APPEND arrays "constexpr unsigned char kFile${count}[] = {\n${bytes}};\n")
  string(APPEND rows "      {\"${file}\", \"${types_${kind}}\", view(kFile${count}, ${length}), ${gzip}},\n")
  math(EXPR count "${count} + 1")
endforeach()

file(WRITE ${OUT} "// Made by cmake/web.cmake.
#include \"api/console/console_assets.h\"

#include <array>

namespace stepd::api {
namespace {

${arrays}
std::string_view view(const unsigned char* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace

std::span<const ConsoleAsset> console_assets() {
  static const std::array<ConsoleAsset, ${count}> kAssets{{
${rows}  }};
  return kAssets;
}

std::string_view console_digest() { return \"${digest}\"; }

}  // namespace stepd::api
")
