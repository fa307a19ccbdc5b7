// object.list: the keys of a bucket, in pages, as S3's ListObjectsV2 gives them: a delimiter folds what lies deeper
// into common prefixes. It opens no object.
#include "tasks/arguments.h"
#include "tasks/handler_factories.h"

#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

constexpr std::int64_t kLimitMax = 1000;

struct ListRequest {
  std::string bucket;
  std::string prefix;
  std::string delimiter;
  std::string after;
  std::size_t limit = 0;
};

/// The common prefix that `key` is folded into; empty if it stands for itself.
std::string common_prefix(const ListRequest& wanted, const std::string& key) {
  if (wanted.delimiter.empty() || !key.starts_with(wanted.prefix)) return {};
  const auto at = key.find(wanted.delimiter, wanted.prefix.size());
  return at == std::string::npos ? std::string() : key.substr(0, at + wanted.delimiter.size());
}

/// Behind every key that begins with `prefix`: no key has this byte, which UTF-8 never uses.
std::string end_of(const std::string& prefix) { return prefix + '\xff'; }

Json shown(const ObjectListing::Entry& entry) {
  return Json{{"key", entry.key},
              {"bytes", entry.stat.size_bytes},
              {"etag", entry.stat.version},
              {"s3Etag", entry.stat.etag},
              {"modified", to_rfc3339(entry.stat.modified)},
              {"contentType", entry.stat.content_type}};
}

class ObjectList final : public Handler {
 public:
  explicit ObjectList(const ObjectStore& objects) : objects_(objects) {}

  Result<Json> invoke(const Invocation& invocation) override {
    Arguments arguments(invocation.event);
    ListRequest wanted;
    wanted.bucket = arguments.text("bucket");
    wanted.prefix = arguments.optional_text("prefix").value_or("");
    wanted.delimiter = arguments.optional_text("delimiter").value_or("");
    wanted.after = arguments.optional_text("after").value_or("");
    wanted.limit = static_cast<std::size_t>(arguments.optional_integer("limit", 0, kLimitMax).value_or(kLimitMax));
    STEPD_CHECK(arguments.finish());
    return list(wanted);
  }

 private:
  Result<Json> list(const ListRequest& wanted) const {
    Json objects = Json::array();
    Json prefixes = Json::array();
    Json next;
    // A page that ended with a common prefix is carried on behind all that it stands for.
    const bool was_folded = !wanted.after.empty() && common_prefix(wanted, wanted.after) == wanted.after;
    std::string after = was_folded ? end_of(wanted.after) : wanted.after;
    bool more = true;
    while (more && objects.size() + prefixes.size() < wanted.limit) {
      const auto room = wanted.limit - objects.size() - prefixes.size();
      STEPD_TRY(const ObjectListing page, objects_.list(wanted.bucket, wanted.prefix, after, room));
      more = page.more;
      for (const auto& entry : page.entries) {
        const auto folded = common_prefix(wanted, entry.key);
        next = folded.empty() ? entry.key : folded;
        if (folded.empty()) {
          objects.push_back(shown(entry));
          after = entry.key;
          continue;
        }
        prefixes.push_back(folded);
        after = end_of(folded);
        more = true;  // what the rest of this page holds may be folded already
        break;
      }
      if (page.entries.empty()) more = false;
    }
    if (more) {
      STEPD_TRY(const ObjectListing rest, objects_.list(wanted.bucket, wanted.prefix, after, 1));
      more = !rest.entries.empty();
    }
    Json answer{{"bucket", wanted.bucket}, {"prefix", wanted.prefix}, {"objects", std::move(objects)}};
    if (!wanted.delimiter.empty()) answer["prefixes"] = std::move(prefixes);
    answer["more"] = more;
    answer["next"] = more ? next : Json();
    return answer;
  }

  const ObjectStore& objects_;
};

}  // namespace

std::unique_ptr<Handler> make_object_list(const Surroundings& surroundings) {
  return std::make_unique<ObjectList>(surroundings.objects);
}

}  // namespace stepd::tasks
