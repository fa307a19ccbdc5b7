#include "daemon/config/storage/buckets_section.h"

#include "triggers/ignored_names.h"

#include <algorithm>

namespace stepd::daemon {
namespace {

using std::chrono::milliseconds;

/// S3 user guide, "Bucket naming rules", as far as they concern a name that is no host name here.
bool is_bucket_name(const std::string& name) {
  const auto edge = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return name.size() >= 3 && name.size() <= 63 && edge(name.front()) && edge(name.back()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return edge(c) || c == '-' || c == '.'; });
}

bool contains(const std::filesystem::path& outer, const std::filesystem::path& inner) {
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

void refuse_overlap(Mapping& root, const std::vector<Bucket>& buckets) {
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    for (std::size_t j = 0; j < buckets.size(); ++j) {
      const bool twin = i < j && buckets[i].path == buckets[j].path;
      if (twin || (buckets[i].path != buckets[j].path && contains(buckets[i].path, buckets[j].path))) {
        root.fault("buckets/" + buckets[j].name, "the folder of bucket '" + buckets[j].name +
                                                     "' lies in the folder of bucket '" + buckets[i].name + "'");
      }
    }
  }
}

std::vector<std::string> read_ignore(Mapping& mapping) {
  auto patterns = mapping.texts("ignore");
  if (patterns.size() > triggers::IgnorePatterns::kPatternsMax) {
    mapping.fault("ignore", "more than " + std::to_string(triggers::IgnorePatterns::kPatternsMax) + " patterns");
  }
  for (const auto& pattern : patterns) {
    if (const auto checked = triggers::IgnorePatterns::check(pattern); !checked) {
      mapping.fault("ignore", checked.error().cause);
    }
  }
  return patterns;
}

}  // namespace

std::vector<Bucket> read_buckets(Mapping& root) {
  std::vector<Bucket> buckets;
  root.each("buckets", [&](const std::string& name, Mapping& mapping) {
    if (!is_bucket_name(name)) {
      mapping.fault_here("'" + name +
                         "' is no bucket name: 3 to 63 lower-case letters, digits, hyphens and dots, as on S3");
    }
    Bucket bucket;
    bucket.name = name;
    bucket.path = mapping.path("path").value_or(mapping.reading().places.data / "buckets" / name);
    bucket.watch = mapping.flag("watch", false);
    bucket.settle = mapping.duration("settle", milliseconds{1}, milliseconds{3'600'000}, bucket.settle);
    bucket.settle_empty =
        mapping.duration("settle_empty", milliseconds{1}, milliseconds{3'600'000}, bucket.settle_empty);
    bucket.rescan = mapping.duration("rescan", milliseconds{1000}, milliseconds{3'600'000}, bucket.rescan);
    bucket.ignore = read_ignore(mapping);
    for (const char* only : {"settle", "settle_empty", "rescan", "ignore"}) {
      if (mapping.has(only) && !bucket.watch)
        mapping.fault(only, std::string(only) + " is for buckets with watch: true");
    }
    buckets.push_back(std::move(bucket));
  });
  refuse_overlap(root, buckets);
  return buckets;
}

}  // namespace stepd::daemon
