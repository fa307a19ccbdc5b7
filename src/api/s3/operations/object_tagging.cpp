// GetObjectTagging, PutObjectTagging and DeleteObjectTagging: the tags of an object, of which nothing here depends.
#include "api/s3/object_properties.h"
#include "api/s3/s3_operation.h"
#include "api/s3/xml_reader.h"
#include "api/s3/xml_writer.h"

namespace stepd::api::s3 {
namespace {

constexpr std::size_t kTagDocumentMax = 65'536;
constexpr std::size_t kObjectTagsMax = 10;

S3Result<ObjectStat> tagged_object(const S3Call& call, const S3Context& context) {
  auto stat = context.objects.head(call.ref());
  if (stat.has_value()) return *std::move(stat);
  if (stat.error().name == "Object.NotFound") return no_such_key(call.key);
  return S3Error(stat.error());
}

S3Result<Response> get_tags(const S3Call& call, const S3Context& context) {
  STEPD_TRY(const ObjectStat stat, tagged_object(call, context));
  XmlWriter xml("Tagging");
  xml.open("TagSet");
  for (const auto& [key, value] : stat.notes.tags) xml.open("Tag").text("Key", key).text("Value", value).close();
  return xml_response(xml.finish());
}

S3Result<Response> put_tags(const S3Call& call, const S3Context& context, const std::string& body) {
  const auto document = read_xml(body);
  const auto* set = document.has_value() && document->name == "Tagging" ? document->child("TagSet") : nullptr;
  if (set == nullptr) return malformed_xml();
  STEPD_TRY(ObjectStat stat, tagged_object(call, context));
  stat.notes.tags.clear();
  for (const auto& tag : set->children) {
    if (tag.name != "Tag" || tag.child("Key") == nullptr) return malformed_xml();
    STEPD_CHECK(check_tag(tag.text_of("Key"), tag.text_of("Value")));
    if (!stat.notes.tags.emplace(tag.text_of("Key"), tag.text_of("Value")).second) {
      return S3Error(400, "InvalidTag", "Cannot provide multiple Tags with the same key");
    }
  }
  if (stat.notes.tags.size() > kObjectTagsMax) {
    return S3Error(400, "BadRequest", "Object tags cannot be greater than 10");
  }
  STEPD_CHECK(context.objects.note(call.ref(), stat.notes));
  return Response{};
}

S3Result<S3Opened> open_put_tags(const S3Call& call, const S3Context& context) {
  return take_whole_body(call, context, kTagDocumentMax, put_tags);
}

S3Result<Response> delete_tags(const S3Call& call, const S3Context& context) {
  STEPD_TRY(ObjectStat stat, tagged_object(call, context));
  stat.notes.tags.clear();
  STEPD_CHECK(context.objects.note(call.ref(), stat.notes));
  Response response;
  response.status = 204;
  return response;
}

}  // namespace

extern const S3Operation kGetObjectTagging{"GetObjectTagging", "GET", Level::Object,
                                           "tagging",          "",    without_body<get_tags>};
extern const S3Operation kPutObjectTagging{"PutObjectTagging", "PUT", Level::Object, "tagging", "", open_put_tags};
extern const S3Operation kDeleteObjectTagging{"DeleteObjectTagging",    "DELETE", Level::Object, "tagging", "",
                                              without_body<delete_tags>};

}  // namespace stepd::api::s3
