// Makes thumbnails with the image workers and keeps them in a folder.
//
// 1. Pictures that people look at are work beside that of executions: at most two are made at once, and at most
//    kThumbnailsWaiting wait; more are refused.
// 2. A thumbnail is kept under a digest of bucket, key, ETag and width, so a changed object has another. A picture that
//    cannot be shown is remembered in the same way. Above the cap the oldest are removed.
#pragma once

#include "base/mutex.h"
#include "base/thumbnails.h"
#include "tasks/image/image_limits.h"
#include "tasks/image/job.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace stepd::tasks {

inline constexpr std::size_t kThumbnailsWaiting = 200;

class ThumbnailMaker final : public Thumbnails {
 public:
  /// `objects` and `workplace` outlive it. The folder is made when it is first needed; `cap_bytes` of files stay there.
  ThumbnailMaker(const ObjectStore& objects, image::Workplace& workplace, ImageLimits limits,
                 std::filesystem::path folder, std::uint64_t cap_bytes);
  /// What waits is answered with `Handler.Cancelled`.
  ~ThumbnailMaker() override;

  void find(ThumbnailRequest request, std::function<void(Result<Thumbnail>)> done) override;

 private:
  struct Wish {
    ThumbnailRequest request;
    std::function<void(Result<Thumbnail>)> done;
  };
  void work(const std::stop_token& stop);
  Result<Thumbnail> make(const ThumbnailRequest& request, const std::stop_token& stop);
  Result<Thumbnail> render(const ThumbnailRequest& request, const std::stop_token& stop);
  std::optional<Result<Thumbnail>> kept(const std::filesystem::path& file) const;
  void keep(const std::filesystem::path& file, const Result<Thumbnail>& result);
  void remove_oldest();

  const ObjectStore& objects_;
  image::Workplace& workplace_;
  const ImageLimits limits_;
  const std::filesystem::path folder_;
  const std::uint64_t cap_bytes_;

  Mutex mutex_;
  StopConditionVariable changed_;
  std::deque<Wish> wishes_ STEPD_GUARDED_BY(mutex_);
  std::optional<std::uint64_t> bytes_ STEPD_GUARDED_BY(mutex_);  ///< of the folder; none: not yet counted
  std::vector<std::jthread> threads_;
};

}  // namespace stepd::tasks
