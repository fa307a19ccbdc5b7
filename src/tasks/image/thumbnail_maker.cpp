#include "tasks/image/thumbnail_maker.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "base/guarded.h"
#include "base/payload.h"
#include "tasks/image/read_picture.h"

#include <unistd.h>
#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <system_error>

namespace stepd::tasks {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kThreads = 2;
constexpr std::uintmax_t kKeptFileBytes = 4u << 20;

/// Of an error that the same bytes would bring again.
bool lasts(const AslError& error) {
  return error.name.starts_with("Image.") && error.name != "Image.NoWorker" && error.name != "Image.Timeout" &&
         error.name != "Image.DecoderCrashed";
}

std::string text_member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::uint32_t number_member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_unsigned() ? found->get<std::uint32_t>() : 0;
}

std::uint64_t bytes_in(const fs::path& folder) {
  std::uint64_t bytes = 0;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code gone;
    const auto size = at->file_size(gone);
    if (!gone) bytes += size;
  }
  return bytes;
}

}  // namespace

ThumbnailMaker::ThumbnailMaker(const ObjectStore& objects, image::Workplace& workplace, ImageLimits limits,
                               fs::path folder, std::uint64_t cap_bytes)
    : objects_(objects), workplace_(workplace), limits_(limits), folder_(std::move(folder)), cap_bytes_(cap_bytes) {
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
  }
}

ThumbnailMaker::~ThumbnailMaker() {
  for (auto& thread : threads_) thread.request_stop();
  threads_.clear();
  const MutexLock lock(mutex_);
  for (const auto& wish : wishes_) {
    run_guarded("a thumbnail", [&] { wish.done(AslError{"Handler.Cancelled", "The daemon ends."}); });
  }
}

void ThumbnailMaker::find(ThumbnailRequest request, std::function<void(Result<Thumbnail>)> done) {
  {
    const MutexLock lock(mutex_);
    if (wishes_.size() < kThumbnailsWaiting) {
      wishes_.push_back({std::move(request), std::move(done)});
      changed_.notify_one();
      return;
    }
  }
  done(AslError{"Handler.Busy", "Too many thumbnails wait to be made."});
}

void ThumbnailMaker::work(const std::stop_token& stop) {
  for (;;) {
    Wish wish;
    {
      MutexLock lock(mutex_);
      if (!changed_.wait(lock, stop, [this]() STEPD_REQUIRES(mutex_) { return !wishes_.empty(); })) return;
      wish = std::move(wishes_.front());
      wishes_.pop_front();
    }
    run_guarded("a thumbnail", [&] { wish.done(make(wish.request, stop)); });
  }
}

Result<Thumbnail> ThumbnailMaker::make(const ThumbnailRequest& request, const std::stop_token& stop) {
  const auto& [bucket, key] = request.object;
  STEPD_TRY(const ObjectStat stat, objects_.head(request.object));
  if (!request.etag.empty() && request.etag != stat.etag) {
    return AslError{"Object.NotFound", "The object " + key + " in bucket " + bucket + " has changed since."};
  }
  const auto digest = sha256_of_parts({bucket, key, stat.etag, std::to_string(request.width)});
  const auto file = folder_ / to_hex(digest);
  if (auto found = kept(file)) return *std::move(found);
  auto made = render(request, stop);
  if (made.has_value() || lasts(made.error())) keep(file, made);
  return made;
}

Result<Thumbnail> ThumbnailMaker::render(const ThumbnailRequest& request, const std::stop_token& stop) {
  STEPD_TRY(const std::string picture, image::read_whole(objects_, request.object, limits_.max_bytes));
  Json arguments{{"bucket", request.object.bucket},
                 {"key", request.object.key},
                 {"width", request.width},
                 {"height", request.width},
                 {"format", "webp"},
                 {"quality", 78},
                 {"failOn", "none"}};
  arguments["destination"] = {{"bucket", request.object.bucket}, {"key", "thumbnail"}};
  image::Job job{"resize", Payload(arguments), limits_, {picture}};
  STEPD_TRY(const image::Work work, workplace_.perform(job, stop));
  if (work.files.empty()) return AslError{"Handler.Failed", "The decoder made no picture."};
  const Json answer = work.answer.json();
  const Json& source = answer.at("source");
  return Thumbnail{work.files.front(), "image/webp", number_member(source, "width"), number_member(source, "height"),
                   text_member(source, "format")};
}

/// A file is one line of JSON, then the picture's bytes.
std::optional<Result<Thumbnail>> ThumbnailMaker::kept(const fs::path& file) const {
  std::error_code error;
  if (fs::file_size(file, error) > kKeptFileBytes || error) return std::nullopt;
  std::ifstream stream(file, std::ios::binary);
  std::string line;
  if (!std::getline(stream, line)) return std::nullopt;
  const Json head = Json::parse(line, nullptr, false);
  if (!head.is_object()) return std::nullopt;
  if (const auto name = text_member(head, "error"); !name.empty()) return AslError{name, text_member(head, "cause")};
  Thumbnail thumbnail;
  thumbnail.bytes.assign(std::istreambuf_iterator<char>(stream), {});
  thumbnail.media_type = text_member(head, "type");
  thumbnail.source_width = number_member(head, "width");
  thumbnail.source_height = number_member(head, "height");
  thumbnail.source_format = text_member(head, "format");
  if (thumbnail.bytes.size() != number_member(head, "bytes")) return std::nullopt;
  return Result<Thumbnail>(std::move(thumbnail));
}

/// Whole or absent, but not durable: what a crash loses is made again.
void ThumbnailMaker::keep(const fs::path& file, const Result<Thumbnail>& result) {
  Json head;
  if (result.has_value()) {
    head = {{"type", result->media_type},
            {"width", result->source_width},
            {"height", result->source_height},
            {"format", result->source_format},
            {"bytes", result->bytes.size()}};
  } else {
    head = {{"error", result.error().name}, {"cause", result.error().cause}};
  }
  std::error_code error;
  fs::create_directories(folder_, error);
  const fs::path part = file.string() + "." + std::to_string(gettid());
  std::string bytes = print_json(head) + "\n";
  if (result.has_value()) bytes += result->bytes;
  {
    std::ofstream stream(part, std::ios::binary | std::ios::trunc);
    stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!stream.flush()) {
      fs::remove(part, error);
      return;
    }
  }
  fs::rename(part, file, error);
  const MutexLock lock(mutex_);
  if (!bytes_) bytes_ = bytes_in(folder_);
  *bytes_ += bytes.size();
  if (*bytes_ > cap_bytes_) {
    remove_oldest();
    bytes_ = bytes_in(folder_);
  }
}

void ThumbnailMaker::remove_oldest() {
  struct Kept {
    fs::file_time_type at;
    std::uintmax_t bytes;
    fs::path file;
  };
  std::vector<Kept> all;
  std::uint64_t bytes = 0;
  std::error_code error;
  for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
    std::error_code gone;
    Kept one{at->last_write_time(gone), at->file_size(gone), at->path()};
    if (gone) continue;
    bytes += one.bytes;
    all.push_back(std::move(one));
  }
  std::sort(all.begin(), all.end(), [](const Kept& a, const Kept& b) { return a.at < b.at; });
  for (const auto& one : all) {
    if (bytes <= cap_bytes_ / 5 * 4) return;
    fs::remove(one.file, error);
    bytes -= std::min<std::uint64_t>(bytes, one.bytes);
  }
}

}  // namespace stepd::tasks
