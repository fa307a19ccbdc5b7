// object.delete: removes one object, a list of them, or all beneath a prefix. One that is not there counts as removed,
// as on S3, so a repeat succeeds. With an etag it removes these very bytes only: what came under the same key since
// stays (but for what comes between the look and the deletion). A whole bucket is never meant: a prefix is not empty.
#include "tasks/arguments.h"
#include "tasks/handler_factories.h"

#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

constexpr std::size_t kPageKeys = 1000;
// Of a prefix: more would not fit into a state's output.
constexpr std::size_t kShownKeys = 1000;

struct DeleteRequest {
  std::string bucket;
  std::optional<std::string> key;
  std::optional<std::string> etag;
  std::vector<std::string> keys;
  bool has_keys = false;
  bool keep_going = false;
  std::optional<std::string> prefix;
  bool dry_run = false;
};

DeleteRequest read(Arguments& arguments) {
  DeleteRequest wanted;
  wanted.bucket = arguments.text("bucket");
  wanted.has_keys = arguments.has("keys");
  const bool has_prefix = arguments.has("prefix");
  if (wanted.has_keys || has_prefix) {
    if (arguments.optional_text("key")) arguments.refuse("key", "only one of key, keys and prefix can be given");
  } else {
    wanted.key = arguments.text("key");
  }
  wanted.etag = arguments.optional_text("etag");
  if (wanted.etag && !wanted.key) arguments.refuse("etag", "is for one key only");
  if (const auto* keys = arguments.optional_array("keys")) {
    for (const auto& key : *keys) {
      if (key.is_string()) {
        wanted.keys.push_back(key.get<std::string>());
      } else {
        arguments.refuse("keys", "expected an array of texts");
        break;
      }
    }
  }
  wanted.keep_going = arguments.flag("keepGoing", false);
  if (wanted.keep_going && !wanted.has_keys) arguments.refuse("keepGoing", "is for keys only");
  wanted.prefix = arguments.optional_text("prefix");
  if (wanted.prefix && wanted.has_keys) arguments.refuse("prefix", "only one of key, keys and prefix can be given");
  wanted.dry_run = arguments.flag("dryRun", false);
  if (wanted.dry_run && !has_prefix) arguments.refuse("dryRun", "is for a prefix only");
  return wanted;
}

class ObjectDelete final : public Handler {
 public:
  explicit ObjectDelete(ObjectStore& objects) : objects_(objects) {}

  Result<Json> invoke(const Invocation& invocation) override {
    Arguments arguments(invocation.event);
    const auto wanted = read(arguments);
    STEPD_CHECK(arguments.finish());
    if (wanted.prefix) return delete_prefix(wanted, invocation.stop);
    if (wanted.has_keys) return delete_keys(wanted, invocation.stop);
    return delete_one({wanted.bucket, *wanted.key}, wanted.etag);
  }

 private:
  Result<Json> delete_one(const ObjectRef& ref, const std::optional<std::string>& etag) {
    bool is_meant = true;
    if (etag) {
      const auto stat = objects_.head(ref);
      if (!stat && stat.error().name != "Object.NotFound") return stat.error();
      is_meant = !stat || stat->version == *etag || stat->etag == *etag;
    }
    if (is_meant) STEPD_CHECK(objects_.remove(ref));
    return Json{{"deleted", is_meant}, {"bucket", ref.bucket}, {"key", ref.key}};
  }

  static AslError stopped() { return {"Handler.Cancelled", "The deletion was asked to stop."}; }

  Result<Json> delete_keys(const DeleteRequest& wanted, const std::stop_token& stop) {
    Json deleted = Json::array();
    Json errors = Json::array();
    for (const auto& key : wanted.keys) {
      if (stop.stop_requested()) return stopped();
      const auto removed = objects_.remove({wanted.bucket, key});
      if (removed) {
        deleted.push_back(key);
      } else {
        if (!wanted.keep_going || removed.error().name == "Object.NoSuchBucket") return removed.error();
        errors.push_back(Json{{"key", key}, {"error", removed.error().name}, {"cause", removed.error().cause}});
      }
    }
    Json answer{{"bucket", wanted.bucket}, {"count", deleted.size()}, {"keys", std::move(deleted)}};
    if (wanted.keep_going) answer["errors"] = std::move(errors);
    return answer;
  }

  Result<Json> delete_prefix(const DeleteRequest& wanted, const std::stop_token& stop) {
    Json keys = Json::array();
    std::uint64_t count = 0;
    std::uint64_t bytes = 0;
    std::string after;
    for (bool more = true; more;) {
      STEPD_TRY(const ObjectListing page, objects_.list(wanted.bucket, *wanted.prefix, after, kPageKeys));
      for (const auto& entry : page.entries) {
        if (stop.stop_requested()) return stopped();
        if (!wanted.dry_run) STEPD_CHECK(objects_.remove({wanted.bucket, entry.key}));
        ++count;
        bytes += entry.stat.size_bytes;
        if (keys.size() < kShownKeys) keys.push_back(entry.key);
        after = entry.key;
      }
      more = page.more;
    }
    return Json{{"bucket", wanted.bucket}, {"prefix", *wanted.prefix}, {"dryRun", wanted.dry_run},
                {"count", count},          {"bytes", bytes},           {"keys", std::move(keys)}};
  }

  ObjectStore& objects_;
};

}  // namespace

std::unique_ptr<Handler> make_object_delete(const Surroundings& surroundings) {
  return std::make_unique<ObjectDelete>(surroundings.objects);
}

}  // namespace stepd::tasks
