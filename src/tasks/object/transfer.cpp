#include "tasks/object/transfer.h"

#include "tasks/object/object_checksum.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

namespace stepd::tasks {
namespace {

constexpr std::array<std::string_view, 3> kPolicies{"replace", "refuse", "skip-if-same"};
constexpr std::size_t kPieceBytes = std::size_t{128} * 1024;

/// Reads until `piece` is full or the object ends.
Result<std::size_t> fill(ObjectReader& reader, std::vector<char>& piece) {
  std::size_t filled = 0;
  while (filled < piece.size()) {
    STEPD_TRY(const std::size_t count, reader.read(piece.data() + filled, piece.size() - filled));
    if (count == 0) break;
    filled += count;
  }
  return filled;
}

/// The target if it holds the source's very bytes already.
Result<std::optional<ObjectStat>> same_target(ObjectStore& objects, const Transfer& wanted) {
  const auto target = objects.open(wanted.target);
  if (!target) {
    if (target.error().name == "Object.NotFound") return std::optional<ObjectStat>();
    return target.error();
  }
  STEPD_TRY(const auto source, objects.open(wanted.source));
  if (source->stat().size_bytes != (*target)->stat().size_bytes) return std::optional<ObjectStat>();
  std::vector<char> ours(kPieceBytes);
  std::vector<char> theirs(kPieceBytes);
  for (;;) {
    STEPD_TRY(const std::size_t count, fill(*source, ours));
    STEPD_TRY(const std::size_t other, fill(**target, theirs));
    if (count != other || !std::equal(ours.begin(), ours.begin() + static_cast<std::ptrdiff_t>(count), theirs.begin()))
      return std::optional<ObjectStat>();
    if (count == 0) return std::optional((*target)->stat());
  }
}

AslError mismatch(const std::string& what, const std::string& found, const std::string& expected) {
  return {"Object.ChecksumMismatch", what + " has the checksum " + found + ", expected was " + expected + "."};
}

/// The source's checksum, if one is asked for; an error if it is not the one expected.
Result<std::string> checked_source(ObjectStore& objects, const Transfer& wanted) {
  if (!wanted.checksum) return std::string();
  STEPD_TRY(const auto reader, objects.open(wanted.source));
  STEPD_TRY(std::string digest, checksum_of(*reader, *wanted.checksum));
  if (wanted.expected && *wanted.expected != digest) {
    return mismatch("'" + wanted.source.key + "' in bucket '" + wanted.source.bucket + "'", digest, *wanted.expected);
  }
  return digest;
}

CopyRules rules_of(const Transfer& wanted, const std::string& digest, const Invocation& invocation) {
  CopyRules rules;
  rules.content_type = wanted.content_type;
  rules.metadata = wanted.metadata;
  rules.attempt = invocation.attempt;
  rules.lineage = invocation.lineage;
  if (wanted.overwrite == Transfer::Overwrite::Refuse) rules.if_present = IfPresent::Refuse;
  if (wanted.checksum) {
    rules.check = [&wanted, &digest](ObjectReader& copy) -> Result<void> {
      STEPD_TRY(const std::string found, checksum_of(copy, *wanted.checksum));
      if (found != digest) return mismatch("The copy", found, digest);
      return {};
    };
  }
  return rules;
}

}  // namespace

std::optional<ObjectMetadata> read_metadata(Arguments& arguments) {
  const Json* given = arguments.optional_object("metadata");
  if (given == nullptr) return std::nullopt;
  ObjectMetadata metadata;
  for (const auto& [name, value] : given->items()) {
    if (value.is_string()) {
      metadata[name] = value.get<std::string>();
    } else {
      arguments.refuse("metadata", "expected texts only, and '" + name + "' is none");
    }
  }
  return metadata;
}

Transfer read_transfer(Arguments& arguments) {
  Transfer wanted;
  wanted.source = {arguments.text("bucket"), arguments.text("key")};
  arguments.object("destination", [&](Arguments& destination) {
    wanted.target.bucket = destination.text("bucket");
    wanted.target.key = destination.optional_text("key").value_or(wanted.source.key);
  });
  wanted.overwrite = static_cast<Transfer::Overwrite>(arguments.optional_choice("overwrite", kPolicies).value_or(0));
  wanted.checksum = arguments.optional_choice("checksum", kChecksums);
  wanted.expected = arguments.optional_text("expectedChecksum");
  if (wanted.expected && !wanted.checksum) arguments.refuse("expectedChecksum", "needs checksum, which says its kind");
  wanted.content_type = arguments.optional_text("contentType");
  wanted.metadata = read_metadata(arguments);
  return wanted;
}

Json transferred(const Transfer& wanted, const ObjectStat& target) {
  return Json{{"bucket", wanted.target.bucket},
              {"key", wanted.target.key},
              {"bytes", target.size_bytes},
              {"etag", target.version},
              {"s3Etag", target.etag},
              {"modified", to_rfc3339(target.modified)}};
}

Result<Json> transfer(ObjectStore& objects, const Transfer& wanted, const Invocation& invocation) {
  const auto& attempt = invocation.attempt;
  STEPD_TRY(const std::string digest, checked_source(objects, wanted));
  const bool may_skip = wanted.overwrite == Transfer::Overwrite::SkipIfSame;
  std::optional<ObjectStat> target;
  if (may_skip && wanted.source != wanted.target) {
    STEPD_TRY(target, same_target(objects, wanted));
  }
  const bool skipped = target.has_value();
  if (!skipped) {
    const auto copied = objects.copy(wanted.source, wanted.target, rules_of(wanted, digest, invocation));
    if (copied) {
      target = *copied;
    } else {
      if (copied.error().name != "Object.Exists") return copied.error();
      const auto present = objects.head(wanted.target);
      if (!present || attempt.empty() || present->attempt != attempt) return copied.error();
      target = *present;  // this attempt made it before, and was cut off before it could say so
    }
  }
  Json answer = transferred(wanted, *target);
  if (wanted.checksum) answer["checksum"] = digest;
  if (may_skip) answer["skipped"] = skipped;
  return answer;
}

}  // namespace stepd::tasks
