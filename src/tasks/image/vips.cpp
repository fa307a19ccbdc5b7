#include "tasks/image/vips.h"

#include <spdlog/spdlog.h>
#include <vips/vips.h>

#include <mutex>
#include <stdexcept>
#include <string_view>

namespace stepd::tasks::image {
namespace {

constexpr std::size_t kErrorChars = 300;

// libvips warns of what damaged files contain; a hostile file must not be able to fill the log.
void on_log(const char*, GLogLevelFlags, const char* message, void*) { spdlog::trace("libvips: {}", message); }

/// libheif looks for its encoders and decoders, where they are files of their own, when it is first used: now, since
/// the sandbox of a worker has no files.
void load_heif_plugins() {
  constexpr std::string_view kBeginning(
      "\0\0\0\x0C"
      "ftypavif",
      12);
  const Picture none(vips_image_new_from_buffer(kBeginning.data(), kBeginning.size(), "", nullptr));
  static_cast<void>(take_vips_error());
}

void start() {
  if (VIPS_INIT("stepd") != 0) throw std::runtime_error("libvips cannot start: " + take_vips_error());
  g_log_set_handler("VIPS", static_cast<GLogLevelFlags>(G_LOG_LEVEL_MASK & ~G_LOG_FLAG_FATAL), on_log, nullptr);
  vips_cache_set_max(0);
  // One picture, one thread: the pool's width says how many cores work.
  vips_concurrency_set(1);
  vips_block_untrusted_set(TRUE);
  vips_operation_block_set("VipsForeignLoad", TRUE);
  for (const char* loader : {"VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp", "VipsForeignLoadNsgif",
                             "VipsForeignLoadTiff", "VipsForeignLoadHeif"}) {
    vips_operation_block_set(loader, FALSE);
  }
  load_heif_plugins();
}

struct ThreadCaches {
  ThreadCaches() = default;
  ThreadCaches(const ThreadCaches&) = delete;
  ThreadCaches& operator=(const ThreadCaches&) = delete;
  ~ThreadCaches() { vips_thread_shutdown(); }
};

}  // namespace

void Unref::operator()(_VipsImage* image) const { g_object_unref(image); }

Picture another(const Picture& picture) { return Picture(VIPS_IMAGE(g_object_ref(picture.get()))); }

void start_vips() {
  static std::once_flag started;
  std::call_once(started, start);
  thread_local const ThreadCaches caches;
  static_cast<void>(caches);
}

std::string take_vips_error() {
  const std::unique_ptr<char, decltype(&g_free)> text(vips_error_buffer_copy(), g_free);
  std::string line(text.get());
  while (!line.empty() && line.back() == '\n') line.pop_back();
  for (auto at = line.find('\n'); at != std::string::npos; at = line.find('\n', at)) line.replace(at, 1, "; ");
  if (line.size() > kErrorChars) line.resize(kErrorChars);
  return line;
}

}  // namespace stepd::tasks::image
