#include "functions/install/unpack_zip.h"

#include <sys/stat.h>
#include <zip.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace stepd::functions {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNameBytes = 4'096;
constexpr std::size_t kLinkBytes = 4'096;

AslError archive_fault(const std::string& why) { return {"", why}; }

struct CloseArchive {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct CloseEntry {
  void operator()(zip_file_t* entry) const { zip_fclose(entry); }
};

/// Whether `name`, taken from `at`, stays within the folder.
bool stays_within(const fs::path& at, const fs::path& name) {
  if (name.is_absolute()) return false;
  const auto whole = (at / name).lexically_normal();
  return whole.empty() || *whole.begin() != "..";
}

class Unpacking {
 public:
  Unpacking(zip_t* archive, const fs::path& folder, const UnpackLimits& limits)
      : archive_(archive), folder_(folder), limits_(limits) {}

  Result<void> run() {
    const auto count = zip_get_num_entries(archive_, 0);
    if (count < 0 || static_cast<std::size_t>(count) > limits_.entries)
      return archive_fault("it has more than " + std::to_string(limits_.entries) + " entries");
    for (zip_int64_t i = 0; i < count; ++i) STEPD_CHECK(unpack(static_cast<zip_uint64_t>(i)));
    // Last, so that no file is written through one.
    for (const auto& [name, target] : links_) {
      std::error_code failed;
      fs::create_directories((folder_ / name).parent_path(), failed);
      fs::remove(folder_ / name, failed);
      fs::create_symlink(target, folder_ / name, failed);
      if (failed) return archive_fault(name + ": " + failed.message());
    }
    return {};
  }

 private:
  Result<void> unpack(zip_uint64_t index) {
    const char* raw = zip_get_name(archive_, index, ZIP_FL_ENC_GUESS);
    const std::string name = raw == nullptr ? "" : raw;
    if (name.empty() || name.size() > kNameBytes || name.find('\\') != std::string::npos || !stays_within("", name))
      return archive_fault("the name '" + name.substr(0, 200) + "' leads out of the folder");
    zip_uint8_t system = 0;
    zip_uint32_t attributes = 0;
    zip_file_get_external_attributes(archive_, index, 0, &system, &attributes);
    const auto mode = system == ZIP_OPSYS_UNIX ? attributes >> 16 : 0;
    std::error_code failed;
    if (name.ends_with('/')) {
      if (!has_plain_parents(name)) return archive_fault(name + ": a link stands in its way");
      fs::create_directories(folder_ / name, failed);
      return failed ? Result<void>(archive_fault(name + ": " + failed.message())) : Result<void>();
    }
    if (S_ISLNK(mode)) return note_link(index, name);
    if (mode != 0 && (mode & S_IFMT) != 0 && !S_ISREG(mode)) return archive_fault(name + " is no plain file");
    return write(index, name, mode);
  }

  /// No folder on the way to `name` is a link: an archive that is unpacked over another one finds that one's.
  bool has_plain_parents(const fs::path& name) const {
    fs::path at = folder_;
    for (const auto& part : name.parent_path()) {
      at /= part;
      std::error_code failed;
      if (fs::is_symlink(fs::symlink_status(at, failed))) return false;
    }
    return true;
  }

  Result<void> note_link(zip_uint64_t index, const std::string& name) {
    std::string target;
    STEPD_CHECK(read(index, name, kLinkBytes, [&](std::string_view piece) {
      target += piece;
      return true;
    }));
    if (!stays_within(fs::path(name).parent_path(), target))
      return archive_fault("the link " + name + " leads out of the folder");
    links_.emplace_back(name, std::move(target));
    return {};
  }

  Result<void> write(zip_uint64_t index, const std::string& name, zip_uint32_t mode) {
    if (!has_plain_parents(name)) return archive_fault(name + ": a link stands in its way");
    std::error_code failed;
    const auto path = folder_ / name;
    fs::create_directories(path.parent_path(), failed);
    fs::remove(path, failed);
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    STEPD_CHECK(read(index, name, limits_.bytes, [&](std::string_view piece) {
      written_ += piece.size();
      return written_ <= limits_.bytes && file.write(piece.data(), static_cast<std::streamsize>(piece.size())).good();
    }));
    file.close();
    if (!file) return archive_fault(name + " cannot be written");
    fs::permissions(path, (mode & 0111) != 0 ? fs::perms(0755) : fs::perms(0644), failed);
    return {};
  }

  template <class Take>
  Result<void> read(zip_uint64_t index, const std::string& name, std::uint64_t most, Take take) {
    const std::unique_ptr<zip_file_t, CloseEntry> entry(zip_fopen_index(archive_, index, 0));
    if (entry == nullptr) return archive_fault(name + ": " + zip_strerror(archive_));
    std::array<char, 65'536> piece;
    std::uint64_t bytes = 0;
    for (;;) {
      const auto count = zip_fread(entry.get(), piece.data(), piece.size());
      if (count < 0) return archive_fault(name + " is damaged");
      if (count == 0) return {};
      bytes += static_cast<std::uint64_t>(count);
      if (bytes > most || !take(std::string_view(piece.data(), static_cast<std::size_t>(count))))
        return archive_fault(name + ": it cannot be written, or there is more than " + std::to_string(limits_.bytes) +
                             " bytes");
    }
  }

  zip_t* archive_;
  const fs::path& folder_;
  const UnpackLimits& limits_;
  std::uint64_t written_ = 0;
  std::vector<std::pair<std::string, std::string>> links_;
};

}  // namespace

Result<void> unpack_zip(const fs::path& archive, const fs::path& folder, const UnpackLimits& limits) {
  int error = 0;
  const std::unique_ptr<zip_t, CloseArchive> opened(zip_open(archive.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &error));
  if (opened == nullptr) {
    zip_error_t why;
    zip_error_init_with_code(&why, error);
    const std::string text = zip_error_strerror(&why);
    zip_error_fini(&why);
    return archive_fault(archive.string() + ": " + text);
  }
  auto done = Unpacking(opened.get(), folder, limits).run();
  if (!done) return archive_fault(archive.string() + ": " + done.error().cause);
  return done;
}

}  // namespace stepd::functions
