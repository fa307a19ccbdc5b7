#include "api/s3_fixture.h"

#include <cstdlib>
#include <functional>

namespace stepd::api::test {

S3Api::S3Api() {
  std::string pattern = "/tmp/stepd-s3-XXXXXX";
  folder_ = ::mkdtemp(pattern.data());
  objects_ = storage::open_local_objects({{"photos", folder_ / "photos"}}, {folder_ / "made", std::chrono::hours{1}});
}

S3Api::~S3Api() {
  TearDown();
  objects_.reset();
  std::filesystem::remove_all(folder_);
}

Answer S3Api::s3(const std::string& method, const std::string& target, const std::string& body,
                 std::vector<std::string> fields) {
  fields.insert(fields.begin(), "Authorization: AWS4-HMAC-SHA256 Credential=k/20261130/us-east-1/s3/aws4_request");
  return ask(method, target, body, fields);
}

Answer S3Api::put(const std::string& key, const std::string& body, std::vector<std::string> fields) {
  return s3("PUT", "/photos/" + key, body, std::move(fields));
}

Answer S3Api::get(const std::string& key, std::vector<std::string> fields) {
  return s3("GET", "/photos/" + key, "", std::move(fields));
}

std::string S3Api::begin_upload(const std::string& key, std::vector<std::string> fields) {
  return texts_in(s3("POST", "/photos/" + key + "?uploads", "", std::move(fields)), "UploadId");
}

Answer S3Api::put_part(const std::string& key, const std::string& id, int number, const std::string& body,
                       std::vector<std::string> fields) {
  return s3("PUT", "/photos/" + key + "?partNumber=" + std::to_string(number) + "&uploadId=" + id, body,
            std::move(fields));
}

Answer S3Api::complete(const std::string& key, const std::string& id, const std::string& parts,
                       std::vector<std::string> fields) {
  return s3("POST", "/photos/" + key + "?uploadId=" + id,
            "<CompleteMultipartUpload>" + parts + "</CompleteMultipartUpload>", std::move(fields));
}

s3::XmlElement document_of(const Answer& answer) {
  auto document = s3::read_xml(answer.body);
  EXPECT_TRUE(document.has_value()) << answer.head << answer.body;
  return document ? *document : s3::XmlElement{};
}

std::string code_of(const Answer& answer) {
  if (answer.body.find("<Error>") == std::string::npos) return "";
  return document_of(answer).text_of("Code");
}

std::string texts_in(const Answer& answer, const std::string& name) {
  std::string texts;
  const std::function<void(const s3::XmlElement&)> visit = [&](const s3::XmlElement& element) {
    for (const auto& child : element.children) {
      if (child.name == name) texts += (texts.empty() ? "" : " ") + child.text;
      visit(child);
    }
  };
  visit(document_of(answer));
  return texts;
}

std::string part_element(int number, const std::string& etag, const std::string& more) {
  return "<Part><PartNumber>" + std::to_string(number) + "</PartNumber><ETag>" + etag + "</ETag>" + more + "</Part>";
}

}  // namespace stepd::api::test
