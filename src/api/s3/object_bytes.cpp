#include "api/s3/object_bytes.h"

#include "api/s3/s3_conditions.h"
#include "base/encoding.h"

#include <unistd.h>
#include <algorithm>
#include <vector>

namespace stepd::api::s3 {
namespace {

constexpr std::size_t kPumpBytes = std::size_t{256} * 1024;

S3Error shorter() { return AslError{"Object.Failed", "the object is shorter than it was"}; }

/// A seek where the object is a file, else by reading up to there.
S3Result<void> move_to(ObjectReader& reader, std::uint64_t position) {
  if (position == 0) return {};
  const int file = reader.local_fd();
  if (file >= 0 && ::lseek(file, static_cast<off_t>(position), SEEK_SET) >= 0) return {};
  std::vector<char> dropped(kPumpBytes);
  while (position > 0) {
    STEPD_TRY(const auto count, reader.read(dropped.data(), std::min<std::uint64_t>(position, dropped.size())));
    if (count == 0) return shorter();
    position -= count;
  }
  return {};
}

class ExtentBody final : public BodySource {
 public:
  ExtentBody(std::unique_ptr<ObjectReader> reader, std::uint64_t size) : reader_(std::move(reader)), size_(size) {}
  std::uint64_t size() const override { return size_; }
  Result<std::size_t> read(void* buffer, std::size_t size) override { return reader_->read(buffer, size); }

 private:
  std::unique_ptr<ObjectReader> reader_;
  std::uint64_t size_;
};

}  // namespace

S3Result<std::unique_ptr<BodySource>> object_body(std::unique_ptr<ObjectReader> reader, const Extent& extent) {
  STEPD_CHECK(move_to(*reader, extent.first));
  return std::unique_ptr<BodySource>(std::make_unique<ExtentBody>(std::move(reader), extent.count));
}

S3Result<void> pump(ObjectReader& reader, const Extent& extent,
                    const std::function<Result<void>(std::string_view)>& to) {
  STEPD_CHECK(move_to(reader, extent.first));
  std::vector<char> buffer(std::min<std::uint64_t>(kPumpBytes, extent.count));
  for (auto left = extent.count; left > 0;) {
    STEPD_TRY(const auto count, reader.read(buffer.data(), std::min<std::uint64_t>(left, buffer.size())));
    if (count == 0) return shorter();
    STEPD_CHECK(to({buffer.data(), count}));
    left -= count;
  }
  return {};
}

S3Result<ObjectRef> copy_source(const S3Call& call) {
  std::string_view text = call.field("x-amz-copy-source");
  const auto question = text.find("?versionId=");
  if (question != std::string_view::npos) {
    const auto version = text.substr(question + 11);
    if (version != "null")
      return invalid_argument("Invalid version id specified", "x-amz-copy-source", std::string(text));
    text = text.substr(0, question);
  }
  auto source = percent_decode_leniently(text, Space::Percent);
  if (source.starts_with('/')) source.erase(0, 1);
  const auto slash = source.find('/');
  if (slash == std::string::npos || slash == 0 || slash + 1 == source.size()) {
    return invalid_argument("Invalid copy source object key", "x-amz-copy-source", "x-amz-copy-source");
  }
  return ObjectRef{source.substr(0, slash), source.substr(slash + 1)};
}

S3Result<std::unique_ptr<ObjectReader>> open_source(const S3Call& call, const S3Context& context,
                                                    const ObjectRef& ref) {
  auto opened = context.objects.open(ref);
  if (!opened.has_value()) {
    if (opened.error().name == "Object.NotFound") return no_such_key(ref.key);
    if (opened.error().name == "Object.NoSuchBucket") return no_such_bucket(ref.bucket);
    return S3Error(opened.error());
  }
  STEPD_TRY(const auto verdict, check_read(call, (*opened)->stat(), context.clock.now(), kSourceConditions));
  if (verdict == ReadVerdict::NotModified) {
    const auto none_match = call.has_field(kSourceConditions.none_match);
    return precondition_failed(
        std::string(none_match ? kSourceConditions.none_match : kSourceConditions.modified_since));
  }
  return std::move(*opened);
}

}  // namespace stepd::api::s3
