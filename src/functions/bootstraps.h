// The programs in bootstrap/, which are part of this program (cmake/bootstraps.cmake).
#pragma once

#include <span>
#include <string_view>

namespace stepd::functions {

struct BootstrapFile {
  std::string_view name;
  std::string_view text;
};

std::span<const BootstrapFile> bootstrap_files();

}  // namespace stepd::functions
